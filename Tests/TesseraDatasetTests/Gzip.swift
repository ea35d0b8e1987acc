/// A gzip member whose blocks are stored and not compressed. (RFC 1951, RFC 1952.)
func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    let starts = stride(from: 0, to: max(bytes.count, 1), by: 0xFFFF)
    for start in starts {
        let block = bytes[start ..< min(start + 0xFFFF, bytes.count)]
        let count = UInt16(block.count)
        result.append(start + 0xFFFF >= bytes.count ? 1 : 0)
        for value in [count, ~count] { result += [UInt8(value & 0xFF), UInt8(value >> 8)] }
        result += block
    }
    for value in [checksum(bytes), UInt32(bytes.count)] {
        result += (0 ..< 4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    return result
}

/// CRC-32, bit by bit.
private func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in bytes {
        sum ^= UInt32(byte)
        for _ in 0 ..< 8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xEDB8_8320 }
    }
    return ~sum
}
