import Testing

import TesseraImage

@Suite struct OrientationTests {
    /// EXIF data that holds nothing but an orientation.
    static func exif(_ value: Int, littleEndian: Bool) -> [UInt8] {
        let low = UInt8(value & 0xFF)
        return littleEndian
            ? [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, low, 0, 0, 0]
            : [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, low, 0, 0]
    }

    /// The stored place of an upright place, in the words of the EXIF standard: what the stored first
    /// row and the stored first column are in the upright picture.
    static func source(
        _ orientation: Int, row: Int, column: Int, storedWidth: Int, storedHeight: Int
    ) -> (row: Int, column: Int) {
        let (lastRow, lastColumn) = (storedHeight - 1, storedWidth - 1)
        return switch orientation {
        case 2: (row, lastColumn - column)  // top, right
        case 3: (lastRow - row, lastColumn - column)  // bottom, right
        case 4: (lastRow - row, column)  // bottom, left
        case 5: (column, row)  // left, top
        case 6: (lastRow - column, row)  // right, top
        case 7: (lastRow - column, lastColumn - row)  // right, bottom
        case 8: (column, lastColumn - row)  // left, bottom
        default: (row, column)  // top, left
        }
    }

    @Test(arguments: 0 ... 9, [false, true])
    func isAppliedToPNG(value: Int, littleEndian: Bool) throws {
        var builder = PNGBuilder()
        builder.type = 6
        builder.chunks = [("eXIf", Self.exif(value, littleEndian: littleEndian))]
        let image = try Image(bytes: builder.bytes)
        let isTurned = (5 ... 8).contains(value)
        #expect(image.width == (isTurned ? 7 : 5) && image.height == (isTurned ? 5 : 7))
        var colours: [Int] = []
        var alpha: [Int] = []
        for row in 0 ..< image.height {
            for column in 0 ..< image.width {
                let place = Self.source(
                    value, row: row, column: column, storedWidth: 5, storedHeight: 7)
                let sample = { builder.stored(row: place.row, column: place.column, channel: $0) }
                colours += (0 ..< 3).map(sample)
                alpha.append(sample(3))
            }
        }
        #expect(values(of: image.samples) == colours)
        #expect(image.alpha.map(values) == alpha)
        let header = try ImageHeader(bytes: builder.bytes)
        #expect(header.orientation == Orientation(rawValue: value) ?? .upright)
        #expect(header.width == image.width && header.height == image.height)
    }

    @Test(arguments: 1 ... 8)
    func isAppliedToJPEG(value: Int) throws {
        let image = RoundTripTests.picture(colour: .gray, bits: 8, hasAlpha: false)
        let plain = try image.encoded(as: .jpeg)
        let payload = Array("Exif\0\0".utf8) + Self.exif(value, littleEndian: false)
        let segment = [0xFF, 0xE1, 0, UInt8(payload.count + 2)] + payload
        let turned = try Image(bytes: Array(plain[..<2] + segment + plain[2...]))
        let stored = try values(of: Image(bytes: plain).samples)
        var expected: [Int] = []
        for row in 0 ..< turned.height {
            for column in 0 ..< turned.width {
                let place = Self.source(
                    value, row: row, column: column, storedWidth: 19, storedHeight: 13)
                expected.append(stored[place.row * 19 + place.column])
            }
        }
        #expect(values(of: turned.samples) == expected)
        // What is written is upright: the tag must not be applied twice.
        #expect(try ImageHeader(bytes: turned.encoded()).orientation == .upright)
    }

    @Test func damagedDataIsIgnored() throws {
        let whole = Self.exif(6, littleEndian: true)
        for count in 0 ..< 20 {
            var builder = PNGBuilder()
            builder.chunks = [("eXIf", Array(whole.prefix(count)))]
            #expect(try Image(bytes: builder.bytes).width == 5)
        }
        for index in whole.indices {
            for value in [UInt8(0), 0x7F, 0xFF] {
                var damaged = whole
                damaged[index] = value
                var builder = PNGBuilder()
                builder.chunks = [("eXIf", damaged)]
                _ = try Image(bytes: builder.bytes)
            }
        }
    }
}
