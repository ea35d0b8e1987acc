import CTesseraFiles
import TesseraFiles
import Testing

@Suite struct SHA256Tests {
    /// The example values of FIPS 180-4: a text repeated some times, and the hash of all of it.
    @Test(arguments: [
        ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func givesThePublishedValues(text: String, count: Int, digest: String) {
        let bytes = Array(String(repeating: text, count: count).utf8)
        #expect(bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) } == digest)
    }

    @Test func piecesHashAsTheWhole() {
        let bytes = (0 ..< 300).map { UInt8(truncatingIfNeeded: $0 * 37) }
        let whole = bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) }
        for size in [1, 3, 63, 64, 65, 127, 128, 299] {
            var hash = SHA256()
            for start in stride(from: 0, to: bytes.count, by: size) {
                let piece = bytes[start ..< min(start + size, bytes.count)]
                piece.withUnsafeBytes { hash.update($0) }
            }
            #expect(hash.hexDigest() == whole)
        }
    }

    @Test func theFastFoldIsThePlainOne() {
        let blocks = (0 ..< 64 * 9).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 167 &+ $0 >> 3) }
        for count in [0, 1, 2, 9] {
            var plain: [UInt32] = (0 ..< 8).map { 0x9e37_79b9 &* $0 &+ 12345 }
            var fast = plain
            tessera_sha256_blocks_plain(&plain, blocks, count)
            tessera_sha256_blocks(&fast, blocks, count)
            #expect(fast == plain)
        }
    }
}
