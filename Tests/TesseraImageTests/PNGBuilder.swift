/// Writes PNG files of every kind, byte by byte, as far from libpng as possible.
///
/// The pixels are stored and not compressed. A sample is a number that a function makes of its place, so
/// that a test knows what must come out.
struct PNGBuilder {
    var width = 5
    var height = 7
    var type = 2
    var bits = 8
    var isInterlaced = false
    var palette: [UInt8] = []

    /// Chunks between the header and the pixels.
    var chunks: [(name: String, data: [UInt8])] = []

    /// Damage to the compressed pixels that their chunk's checksum does not show.
    var changesStream: (inout [UInt8]) -> Void = { _ in }

    /// The sample of a channel at a place, before it is cut to the bits.
    static func sample(row: Int, column: Int, channel: Int) -> Int {
        (row &* 73 &+ column &* 151 &+ channel &* 211 &+ 17) &* 2_654_435_761 >> 7 & 0xFFFF
    }

    var channelCount: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][type]! }

    /// The stored sample of a channel at a place.
    func stored(row: Int, column: Int, channel: Int) -> Int {
        Self.sample(row: row, column: column, channel: channel) & ((1 << bits) - 1)
    }

    /// The whole file.
    var bytes: [UInt8] {
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        let header =
            Self.number(width) + Self.number(height)
            + [UInt8(bits), UInt8(type), 0, 0, isInterlaced ? 1 : 0]
        file += Self.chunk("IHDR", header)
        if !palette.isEmpty {
            file += Self.chunk("PLTE", palette)
        }
        for chunk in chunks {
            file += Self.chunk(chunk.name, chunk.data)
        }
        var stream = Self.zlibStream(scanlines)
        changesStream(&stream)
        file += Self.chunk("IDAT", stream)
        return file + Self.chunk("IEND", [])
    }

    /// Rows of all passes, each after a zero that says it is not filtered.
    private var scanlines: [UInt8] {
        let passes: [(x: Int, y: Int, dx: Int, dy: Int)] =
            isInterlaced
            ? [
                (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4),
                (1, 0, 2, 2), (0, 1, 1, 2),
            ] : [(0, 0, 1, 1)]
        var lines: [UInt8] = []
        for pass in passes {
            let columns = stride(from: pass.x, to: width, by: pass.dx)
            guard columns.contains(where: { _ in true }) else { continue }
            for row in stride(from: pass.y, to: height, by: pass.dy) {
                lines.append(0)
                lines += packedRow(row, columns)
            }
        }
        return lines
    }

    private func packedRow(_ row: Int, _ columns: StrideTo<Int>) -> [UInt8] {
        var packed: [UInt8] = []
        var pending = 0
        var pendingBits = 0
        for column in columns {
            for channel in 0 ..< channelCount {
                pending = pending << bits | stored(row: row, column: column, channel: channel)
                pendingBits += bits
                while pendingBits >= 8 {
                    pendingBits -= 8
                    packed.append(UInt8(pending >> pendingBits & 0xFF))
                }
            }
        }
        return pendingBits == 0 ? packed : packed + [UInt8(pending << (8 - pendingBits) & 0xFF)]
    }

    static func number(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(value >> $0 & 0xFF) }
    }

    static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let covered = Array(name.utf8) + data
        return number(data.count) + covered + number(checksum(covered))
    }

    /// The CRC-32 of PNG, bit by bit.
    static func checksum(_ bytes: [UInt8]) -> Int {
        var remainder: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0 ..< 8 {
                remainder = remainder & 1 == 1 ? 0xEDB8_8320 ^ remainder >> 1 : remainder >> 1
            }
        }
        return Int(~remainder)
    }

    /// A zlib stream of stored blocks.
    static func zlibStream(_ data: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var start = 0
        repeat {
            let size = min(65_535, data.count - start)
            let isLast = start + size == data.count
            stream += [isLast ? 1 : 0, UInt8(size & 0xFF), UInt8(size >> 8)]
            stream +=
                [UInt8(~size & 0xFF), UInt8(~size >> 8 & 0xFF)] + data[start ..< start + size]
            start += size
        } while start < data.count
        var (a, b) = (1, 0)
        for byte in data {
            a = (a + Int(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return stream + number(b << 16 | a)
    }
}
