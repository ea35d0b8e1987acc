public import TesseraImage
import TesseraInverse
import TesseraJSON
public import TesseraTensor
import TesseraTokens

/// Which pictures of a data set are made into tokens, and at which size.
public struct PicturePreparation: Sendable, Equatable {
    /// How a picture becomes a square.
    public enum Fit: String, CaseIterable, Sendable {
        /// The largest square in its middle is resampled.
        case crop

        /// The whole picture is resampled to fit, and black bars are added on two sides.
        case pad

        /// It does not: every picture keeps its size.
        case native
    }

    /// The side of the square in pixels; of no meaning if pictures keep their size.
    public var side: Int

    /// How a picture becomes a square.
    public var fit: Fit

    /// The shorter side of a picture must have at least as many pixels.
    public var minimumSide: Int?

    /// The longer side of a picture must have at most as many pixels.
    public var maximumSide: Int?

    /// The longer side of a picture must be at most so many times the shorter one.
    public var maximumAspect: Double?

    /// Prepares pictures.
    ///
    /// - Parameters:
    ///   - side: The side of the squares in pixels, or `nil` to leave pictures as they are.
    ///   - fit: How a picture becomes a square.
    public init(side: Int? = nil, fit: Fit = .crop) {
        precondition(side ?? 1 >= 1, "A picture has at least one pixel")
        self.side = side ?? 0
        self.fit = side == nil ? .native : fit
    }

    /// Why a picture of a size is passed over.
    ///
    /// - Parameters:
    ///   - width: The width in pixels.
    ///   - height: The height in pixels.
    /// - Returns: `min-side`, `max-side` or `max-aspect`, or `nil` if it is not passed over.
    public func reasonToPassOver(width: Int, height: Int) -> String? {
        if let minimumSide, min(width, height) < minimumSide { return "min-side" }
        if let maximumSide, max(width, height) > maximumSide { return "max-side" }
        if let maximumAspect,
            Double(max(width, height)) > maximumAspect * Double(min(width, height))
        {
            return "max-aspect"
        }
        return nil
    }

    /// Resamples a picture to the square, antialiased and bicubic.
    ///
    /// - Parameter image: Any picture; alpha is left out.
    /// - Returns: Shape `[1, side, side, 3]`, values in [-1, 1]; `nil` if pictures keep their size.
    public func pixels(of image: Image) -> Tensor<Float>? {
        let (width, height) = (image.width, image.height)
        switch fit {
        case .native: return nil
        case .crop:
            let square = min(width, height)
            let region = PixelRectangle(
                top: (height - square) / 2, left: (width - square) / 2, height: square,
                width: square)
            return resampled(image, region, height: side, width: side)
        case .pad:
            let long = max(width, height)
            func scaled(_ size: Int) -> Int { max((size * side + long / 2) / long, 1) }
            let (newHeight, newWidth) = (scaled(height), scaled(width))
            let whole = PixelRectangle(top: 0, left: 0, height: height, width: width)
            var square = Tensor<Float>(shape: [1, side, side, 3], repeating: -1)
            square.replacePixels(
                in: PixelRectangle(
                    top: (side - newHeight) / 2, left: (side - newWidth) / 2, height: newHeight,
                    width: newWidth),
                with: resampled(image, whole, height: newHeight, width: newWidth))
            return square
        }
    }

    /// What a job says of the preparation.
    var metadata: JSONObject {
        var metadata = JSONObject()
        if fit != .native { metadata["size"] = .integer(side) }
        metadata["fit"] = .string(fit.rawValue)
        metadata["minSide"] = minimumSide.map { .integer($0) }
        metadata["maxSide"] = maximumSide.map { .integer($0) }
        metadata["maxAspect"] = maximumAspect.map { .real($0) }
        return metadata
    }

    /// The rows that are made into numbers at once, so that a large picture takes little memory.
    private static let bandHeight = 64

    /// Resamples a rectangle, its rows first and then its columns.
    private func resampled(
        _ image: Image, _ region: PixelRectangle, height: Int, width: Int
    ) -> Tensor<Float> {
        var narrow = Tensor<Float>(shape: [1, region.height, width, 3]) {
            $0.initialize(repeating: 0)
        }
        func narrowing(_ count: Int) -> BicubicResampling {
            BicubicResampling(
                fromHeight: count, width: region.width, toHeight: count, width: width)
        }
        let usual = narrowing(PicturePreparation.bandHeight)
        for top in stride(from: 0, to: region.height, by: PicturePreparation.bandHeight) {
            let count = min(PicturePreparation.bandHeight, region.height - top)
            let band = image.pixels(
                rows: region.top + top ..< region.top + top + count,
                columns: region.left ..< region.left + region.width)
            let rows = count == PicturePreparation.bandHeight ? usual : narrowing(count)
            narrow.replacePixels(
                in: PixelRectangle(top: top, left: 0, height: count, width: width),
                with: rows.apply(to: band))
        }
        var result = BicubicResampling(
            fromHeight: region.height, width: width, toHeight: height, width: width
        ).apply(to: narrow)
        result.withUnsafeMutableBuffer { pixels in
            for index in pixels.indices { pixels[index] = min(max(pixels[index], -1), 1) }
        }
        return result
    }
}
