import TesseraJSON
import TesseraCheckpoint
import TesseraTensor
import Testing
import _TesseraTestSupport

/// Files with some bytes changed are read or refused, and never stop the program.
@Suite struct MutationTests {
    private static let header = #"""
        {"__metadata__":{"a":"\u00e9\n"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},\#
        "b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}
        """#

    /// Bytes that mean something to a parser, which random ones seldom do.
    private static let spice = Array("{}[]\",:\\0123456789-.eu_F \u{0}\u{7f}".utf8) + [0xff, 0xc3]

    private func mutated(_ bytes: [UInt8], _ random: RandomSource, _ step: Int) -> [UInt8] {
        var bytes = bytes
        for draw in 0 ..< 1 + step % 3 {
            let bits = random.bits(step: step, position: draw)
            let place = Int(bits.x) % bytes.count
            let byte = Self.spice[Int(bits.y) % Self.spice.count]
            switch bits.z % 4 {
            case 0: bytes[place] = byte
            case 1: bytes.insert(byte, at: place)
            case 2: bytes.remove(at: place)
            default: bytes[place] = UInt8(truncatingIfNeeded: bits.w)
            }
        }
        return bytes
    }

    @Test func safetensorsAreReadOrRefused() throws {
        let folder = TemporaryFolder()
        let whole = safetensors(Self.header, data: 11)
        _ = try SafetensorsFile(path: folder.write(whole, as: "whole"))
        let random = RandomSource(seed: 1)
        var readCount = 0
        for step in 0 ..< 1000 {
            let path = folder.write(mutated(whole, random, step), as: "mutated")
            do throws(CheckpointError) {
                let file = try SafetensorsFile(path: path)
                readCount += 1
                for tensor in file.tensors {
                    let byteCount = try file.withBytes(of: tensor.name) { Array($0).count }
                    #expect(byteCount == tensor.elementCount * tensor.scalarType.byteCount)
                }
            } catch {
                #expect(error.description.hasPrefix(path))
            }
        }
        // Changes of elements, names and metadata leave a file that is right.
        #expect(readCount > 10 && readCount < 500)
    }

    @Test func descriptionsAreReadOrRefused() throws {
        let whole = Array(example(prior: true).json.compactText.utf8)
        let random = RandomSource(seed: 2)
        var readCount = 0
        for step in 0 ..< 1000 {
            guard let json = try? JSONValue(parsing: mutated(whole, random, step)),
                let description = try? ModelDescription(json: json)
            else { continue }
            readCount += 1
            #expect(try ModelDescription(json: description.json) == description)
        }
        #expect(readCount > 10 && readCount < 500)
    }
}
