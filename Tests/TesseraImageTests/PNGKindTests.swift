import Testing

import TesseraImage

@Suite struct PNGKindTests {
    /// Every colour type of the specification with every depth it has.
    static let kinds = [
        (0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8),
        (4, 8), (4, 16), (6, 8), (6, 16),
    ]

    static let palette = (0 ..< 768).map { UInt8($0 * 37 & 0xFF) }

    @Test(arguments: kinds, [false, true])
    func everyKindGivesItsSamples(_ kind: (type: Int, bits: Int), isInterlaced: Bool) throws {
        for (width, height) in [(1, 1), (5, 7), (8, 8), (17, 3)] {
            var builder = PNGBuilder()
            (builder.width, builder.height) = (width, height)
            (builder.type, builder.bits) = kind
            builder.isInterlaced = isInterlaced
            builder.palette = kind.type == 3 ? Array(Self.palette.prefix(3 << kind.bits)) : []
            let image = try Image(bytes: builder.bytes)
            #expect(image.width == width && image.height == height)
            #expect(image.bitsPerSample == (kind.bits == 16 ? 16 : 8))
            #expect(image.colour == ([0, 4].contains(kind.type) ? .gray : .rgb))
            #expect(values(of: image.samples) == expectedColours(builder))
            #expect(image.alpha.map(values) == expectedAlpha(builder))
        }
    }

    @Test func aTransparentColourBecomesAlpha() throws {
        var builder = PNGBuilder()
        builder.type = 0
        let key = builder.stored(row: 2, column: 3, channel: 0)
        builder.chunks = [("tRNS", [0, UInt8(key)])]
        let image = try Image(bytes: builder.bytes)
        let expected = expectedColours(builder).map { $0 == key ? 0 : 255 }
        #expect(image.alpha.map(values) == expected)
        #expect(expected[2 * 5 + 3] == 0)
        #expect(try ImageHeader(bytes: builder.bytes).hasAlpha)
    }

    @Test func aTransparentPaletteBecomesAlpha() throws {
        var builder = PNGBuilder()
        (builder.type, builder.bits, builder.palette) = (3, 2, Array(Self.palette.prefix(12)))
        builder.chunks = [("tRNS", [10, 20])]
        let image = try Image(bytes: builder.bytes)
        var expected: [Int] = []
        for row in 0 ..< 7 {
            for column in 0 ..< 5 {
                expected.append(
                    [10, 20, 255, 255][builder.stored(row: row, column: column, channel: 0)])
            }
        }
        #expect(image.alpha.map(values) == expected)
    }

    /// What the specification says that the samples mean.
    private func expectedColours(_ builder: PNGBuilder) -> [Int] {
        pixels(of: builder) { row, column in
            let first = builder.stored(row: row, column: column, channel: 0)
            switch builder.type {
            case 3: return (0 ..< 3).map { Int(builder.palette[3 * first + $0]) }
            case 0, 4: return [builder.bits < 8 ? first * 255 / ((1 << builder.bits) - 1) : first]
            default:
                return (0 ..< 3).map { builder.stored(row: row, column: column, channel: $0) }
            }
        }
    }

    private func expectedAlpha(_ builder: PNGBuilder) -> [Int]? {
        guard builder.type >= 4 else { return nil }
        return pixels(of: builder) { row, column in
            [builder.stored(row: row, column: column, channel: builder.channelCount - 1)]
        }
    }

    private func pixels(of builder: PNGBuilder, _ body: (Int, Int) -> [Int]) -> [Int] {
        (0 ..< builder.height).flatMap { row in
            (0 ..< builder.width).flatMap { column in body(row, column) }
        }
    }
}

/// The samples as numbers.
func values(of samples: Samples) -> [Int] {
    switch samples {
    case .eight(let values): values.map(Int.init)
    case .sixteen(let values): values.map(Int.init)
    }
}
