/// The steps in which a JPEG stores cosine coefficients, in levels of 8 bits.
public struct JPEGTables: Hashable, Sendable {
    /// Those of luma's 64 coefficients, row by row, low frequencies first.
    public let luminance: [Float]

    /// Those of both colour differences.
    public let chrominance: [Float]

    /// Takes the tables of a file.
    ///
    /// - Parameters:
    ///   - luminance: 64 steps of at least 1, row by row.
    ///   - chrominance: The same for the colour differences.
    public init(luminance: [Float], chrominance: [Float]) {
        precondition(
            luminance.count == 64 && chrominance.count == 64
                && (luminance + chrominance).allSatisfy { $0 >= 1 },
            "A table has 64 steps of at least 1")
        self.luminance = luminance
        self.chrominance = chrominance
    }

    /// The tables of ITU-T T.81, Annex K, as libjpeg scales them.
    ///
    /// - Parameter quality: From 1 to 100.
    public init(quality: Int) {
        precondition((1 ... 100).contains(quality), "A quality is from 1 to 100, not \(quality)")
        luminance = Self.steps(Self.usualLuminance, quality: quality)
        chrominance = Self.steps(Self.usualChrominance, quality: quality)
    }

    /// The mean step of luma's coefficients.
    public var meanStep: Double { Double(luminance.reduce(0, +)) / 64 }

    /// The quality whose luma has the nearest mean step.
    public var nearestQuality: Int {
        (1 ... 100).min {
            abs(Self(quality: $0).meanStep - meanStep) < abs(Self(quality: $1).meanStep - meanStep)
        } ?? 100
    }

    private static let usualLuminance: [Float] = [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
        14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
        49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ]

    private static let usualChrominance: [Float] = [
        17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
        24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    ]

    private static func steps(_ table: [Float], quality: Int) -> [Float] {
        let scale = quality < 50 ? 5000 / quality : 200 - 2 * quality
        return table.map { Float(min(max((Int($0) * scale + 50) / 100, 1), 255)) }
    }
}
