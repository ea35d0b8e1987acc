public import TesseraImage
public import TesseraInverse
public import TesseraTensor

/// A mask as a file has it: binary, or with soft edges.
public struct MaskPicture: Sendable {
    /// What a mask says of a picture of its size.
    public struct Holes: Sendable {
        /// The pixels to fill.
        public let hole: PixelMask

        /// How much of the filling is to be seen, in [0, 1], of shape `[H, W]`; `nil` for all of it.
        public let weights: Tensor<Float>?

        /// How many pixels the holes were widened by.
        public let margin: Int
    }

    /// How many pixels a mask with soft edges is widened by: what it is to hide seldom ends where the brush
    /// did.
    public static let softMargin = 2

    private let binary: PixelMask
    private let coverage: MaskCoverage?

    /// Polarities that would select a part of the pixels where this one selects none or all, and how many.
    public let otherPolarities: [(polarity: MaskPolarity, pixelCount: Int)]

    /// The number of rows of pixels.
    public var height: Int { binary.height }

    /// The number of columns of pixels.
    public var width: Int { binary.width }

    /// Reads a mask.
    ///
    /// - Parameters:
    ///   - image: A mask picture.
    ///   - polarity: Which of its pixels are holes.
    public init(_ image: Image, polarity: MaskPolarity = .white) {
        let coverage = MaskCoverage(image.coverage(polarity))
        let binary = PixelMask(image, polarity: polarity)
        self.init(
            binary: binary, coverage: coverage.isSoft ? coverage : nil,
            otherPolarities: Self.isPart(binary)
                ? [] : Self.polarities(of: image, except: polarity))
    }

    private init(
        binary: PixelMask, coverage: MaskCoverage?,
        otherPolarities: [(polarity: MaskPolarity, pixelCount: Int)]
    ) {
        self.binary = binary
        self.coverage = coverage
        self.otherPolarities = otherPolarities
    }

    /// Whether a mask selects some pixels, but not all.
    private static func isPart(_ mask: PixelMask) -> Bool {
        (1 ..< max(mask.isHole.count, 1)).contains(mask.holeCount)
    }

    private static func polarities(
        of image: Image, except polarity: MaskPolarity
    ) -> [(polarity: MaskPolarity, pixelCount: Int)] {
        MaskPolarity.allCases.filter { $0 != polarity }.compactMap { other in
            let mask = PixelMask(image, polarity: other)
            return isPart(mask) ? (other, mask.holeCount) : nil
        }
    }

    /// The mask in another size; of a binary one every pixel takes the nearest.
    ///
    /// - Parameters:
    ///   - height: The number of rows of pixels, at least 1.
    ///   - width: The number of columns of pixels, at least 1.
    /// - Returns: A mask of `height` × `width` pixels.
    public func resized(toHeight height: Int, width: Int) -> MaskPicture {
        guard height != self.height || width != self.width else { return self }
        return MaskPicture(
            binary: binary.resized(toHeight: height, width: width),
            coverage: coverage?.resized(toHeight: height, width: width),
            otherPolarities: otherPolarities)
    }

    /// Says what is to be filled.
    ///
    /// - Parameter margin: How many pixels holes are widened by; unless given ``softMargin`` if the edges are
    ///   soft, else none.
    /// - Returns: The holes.
    public func holes(grownBy margin: Int? = nil) -> Holes {
        let margin = margin ?? (coverage == nil ? 0 : Self.softMargin)
        guard let coverage = coverage?.grown(by: margin) else {
            return Holes(hole: binary.grown(by: margin), weights: nil, margin: margin)
        }
        return Holes(hole: coverage.hole, weights: coverage.weights, margin: margin)
    }
}
