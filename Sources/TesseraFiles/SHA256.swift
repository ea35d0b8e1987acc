import CTesseraFiles

/// The hash by which model folders and token shards name a weight file.
///
/// FIPS 180-4. It is our own because a cryptography package would take longer to build than the
/// rest of the project, for one function that is fixed by published vectors.
public struct SHA256: Sendable {
    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
        0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    private var pending: [UInt8] = []
    private var byteCount: UInt64 = 0

    /// Begins a hash of no bytes.
    public init() {}

    /// Appends bytes to what is hashed.
    ///
    /// - Parameter bytes: The next bytes of the message.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount += UInt64(bytes.count)
        var rest = bytes[...]
        if !pending.isEmpty {
            let head = rest.prefix(64 - pending.count)
            pending += head
            rest = rest.dropFirst(head.count)
            guard pending.count == 64 else { return }
            pending.withUnsafeBytes { SHA256.fold($0, into: &state) }
            pending.removeAll(keepingCapacity: true)
        }
        let whole = rest.prefix(rest.count / 64 * 64)
        SHA256.fold(UnsafeRawBufferPointer(rebasing: whole), into: &state)
        pending += rest.dropFirst(whole.count)
    }

    /// Ends the message.
    ///
    /// - Returns: The hash as 64 lower-case hexadecimal digits.
    public consuming func hexDigest() -> String {
        let bitCount = byteCount * 8
        pending.append(0x80)
        while pending.count % 64 != 56 { pending.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            pending.append(UInt8(truncatingIfNeeded: bitCount >> UInt64(shift)))
        }
        pending.withUnsafeBytes { SHA256.fold($0, into: &state) }
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    /// The hash of bytes that are all there.
    ///
    /// - Parameter bytes: The message.
    /// - Returns: 64 lower-case hexadecimal digits.
    public static func hexDigest(of bytes: UnsafeRawBufferPointer) -> String {
        var hash = SHA256()
        hash.update(bytes)
        return hash.hexDigest()
    }

    private static func fold(_ blocks: UnsafeRawBufferPointer, into state: inout [UInt32]) {
        guard let start = blocks.baseAddress, blocks.count > 0 else { return }
        tessera_sha256_blocks(
            &state, start.assumingMemoryBound(to: UInt8.self), blocks.count / 64)
    }
}
