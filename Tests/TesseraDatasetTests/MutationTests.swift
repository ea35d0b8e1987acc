import TesseraDataset
import TesseraTensor
import Testing
import _TesseraTestSupport

/// Archives with some bytes changed are read as far as they are sound, and never stop the program.
@Suite struct MutationTests {
    @Test func archivesAreReadOrRefused() {
        let folder = TemporaryFolder()
        var tar = Tar()
        tar.addRecords(["path": "a/1.jpg", "size": "3"])
        tar.add("x", [1, 2, 3])
        tar.add("a/1.json", Array(#"{"label":"b"}"#.utf8))
        tar.add("2.jpg", [4], binarySize: 1)
        tar.addRecords(["linkpath": "2.jpg"])
        tar.add("3.jpg", kind: "2", link: "a/../2.jpg")
        tar.add("././@LongLink", Array("a//1.jpg\u{0}".utf8), kind: "K")
        tar.add("4.jpg", kind: "1", link: "x")
        tar.add("5.jpg", [UInt8](repeating: 1, count: 600), kind: "S")
        tar.finish()
        let random = RandomSource(seed: 3)
        var counts: [Int: Int] = [:]
        for step in 0 ..< 500 {
            var bytes = tar.bytes
            for draw in 0 ... step % 2 {
                let bits = random.bits(step: step, position: draw)
                bytes[Int(bits.x) % bytes.count] = UInt8(truncatingIfNeeded: bits.y)
            }
            // Without its sum a header that was changed would be refused and no more be seen of it.
            if step % 3 > 0 { Tar.renewSums(of: &bytes) }
            let source = ImageSource(searching: [folder.write(bytes, as: "a.tar")])
            for item in source.items { #expect((try? item.bytes()) != nil) }
            counts[source.items.count, default: 0] += 1
        }
        #expect((4 ... 5).contains(counts.keys.max() ?? 0))
        #expect((counts[0] ?? 0) > 10 && (counts[4] ?? 0) > 10)
    }
}
