import TesseraJSON
import Testing

import TesseraImage
import TesseraTensor
import _TesseraTestSupport

/// A data set of the tiny model: pictures of squares, some of them planted near-duplicates.
private struct PlantedSet {
    let folder = TemporaryFolder()
    var tokens: String { folder.file("tokens") }

    init(count: Int = 5) {
        for number in 0 ..< count {
            write("squares-\(number)", seed: UInt64(number + 1))
        }
    }

    /// Writes a picture of squares in seeded colours, some of which are strong.
    func write(_ name: String, seed: UInt64, brighter: Int = 0, mirrored: Bool = false) {
        let random = RandomSource(seed: seed)
        let side = 96
        var samples: [UInt8] = []
        for y in 0 ..< side {
            for column in 0 ..< side {
                let x = mirrored ? side - 1 - column : column
                let bits = random.bits(step: 0, position: y / 16 * side + x / 16)
                for channel in 0 ..< 3 {
                    samples.append(UInt8(Int(bits[channel] % 200) + 20 + brighter))
                }
            }
        }
        let image = Image(width: side, height: side, colour: .rgb, samples: .eight(samples))
        guard let bytes = try? image.encoded(as: .png) else {
            preconditionFailure("A picture of squares can be encoded")
        }
        folder.write(bytes, as: "in/\(name).png")
    }

    func tokenize() {
        let ran = tessera(
            "tokenize", folder.file("in"), "-o", tokens, "--model", tinyModelPath, "-q",
            "--shard-size", "4")
        #expect(ran.code == 0)
    }
}

@Suite struct TokensCommandTests {
    @Test func findsPlantedDuplicatesAndNothingElse() throws {
        let set = PlantedSet()
        set.write("x-copy-of-1", seed: 2)
        set.write("x-brighter-3", seed: 4, brighter: 3)
        set.write("x-mirrored-2", seed: 3, mirrored: true)
        set.tokenize()
        let ran = tessera(
            "tokens", "dedup", set.tokens, "--model", tinyModelPath, "--json", "--threshold",
            "0.1", "--keys", set.folder.file("keep.txt"), "--tokens", set.folder.file("kept"))
        #expect(ran.code == 0)
        let kept = ran.objects.dropLast().compactMap { $0.string("keep") }
        #expect(kept == ["squares-1", "squares-3"])
        let summary = try #require(ran.objects.last?.object("summary"))
        #expect(summary.number("pictures") == 8)
        #expect(summary.number("copies") == 2)
        #expect(summary.number("exact") == 1)
        let keys = String(
            decoding: set.folder.read("keep.txt"), as: UTF8.self
        ).split(separator: "\n")
        #expect(
            keys == [
                "squares-0", "squares-1", "squares-2", "squares-3", "squares-4", "x-mirrored-2",
            ])
        let again = tessera(
            "tokens", "dedup", set.folder.file("kept"), "--model", tinyModelPath, "--json",
            "--threshold", "0.1")
        #expect(again.objects.last?.object("summary")?.number("copies") == 0)
        #expect(again.objects.last?.object("summary")?.number("pictures") == 6)
    }

    @Test func equalTokensNeedNoModel() {
        let set = PlantedSet(count: 3)
        set.write("x", seed: 3)
        set.tokenize()
        let ran = tessera("tokens", "dedup", set.tokens, "--exact")
        #expect(ran.code == 0)
        #expect(ran.text == "squares-2\n  equal  x\n")
    }

    @Test func statisticsAreThoseOfTheRecords() throws {
        let set = PlantedSet()
        set.tokenize()
        let ran = tessera("tokens", "stats", set.tokens, "--json", "--examples", "2")
        #expect(ran.code == 0)
        let facts = try #require(ran.objects.first)
        let inspected = try #require(
            tessera("inspect", set.tokens, "--json").objects.first?.object("statistics"))
        #expect(facts.number("pictures") == inspected.number("images"))
        #expect(facts.number("positions") == inspected.number("positions"))
        #expect(facts.number("bitsPerPixel") == inspected.number("bitsPerPixel"))
        #expect((facts.number("entropyBitsPerPixel") ?? 9) < (facts.number("bitsPerPixel") ?? 0))
        guard case .array(let typical)? = facts["leastTypical"] else {
            return #expect(Bool(false), "there are examples")
        }
        #expect(typical.count == 2)
        #expect(tessera("tokens", "stats", set.tokens).text.contains("perplexity"))
    }

    @Test func aSelectionIsTheSameAgainAndCanBeWritten() throws {
        let set = PlantedSet(count: 12)
        set.tokenize()
        func select(_ extra: String...) -> Ran {
            tessera(
                ["tokens", "select", set.tokens, "--count", "5", "--model", tinyModelPath] + extra)
        }
        let first = select("--tokens", set.folder.file("small"))
        #expect(first.code == 0)
        #expect(first.text == select("--threads", "1").text)
        let keys = first.text.split(separator: "\n").map(String.init)
        #expect(keys.count == 5 && Set(keys).count == 5)
        let facts = tessera("tokens", "stats", set.folder.file("small"), "--json").objects
        #expect(facts.first?.number("pictures") == 5)
        // A folder of other tokens is left alone.
        let second = select("--tokens", set.folder.file("small"))
        #expect(second.code == 2)
    }

    @Test func aDamagedShardIsNamedAndTheOthersGoOn() {
        let set = PlantedSet()
        set.tokenize()
        set.folder.write(Array("no tokens".utf8), as: "tokens/000001.safetensors")
        let ran = tessera("tokens", "stats", set.tokens, "--json")
        #expect(ran.code == 1)
        #expect(ran.messages.contains("000001.safetensors"))
        #expect(ran.objects.first?.number("pictures") == 4)
    }

    @Test func whatCannotBeIsRefused() {
        let folder = TemporaryFolder()
        #expect(tessera("tokens", "stats", folder.file("none")).code == 2)
        #expect(tessera("tokens", "select", "x", "--count", "0").code == 2)
        #expect(tessera("tokens", "dedup", "x", "--threshold", "0.7").code == 2)
        #expect(tessera("tokens", "dedup", "x", "--exact", "--threshold", "0.1").code == 2)
    }
}
