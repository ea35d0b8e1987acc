public import TesseraImage
public import TesseraInverse
import TesseraPosterior
import TesseraTensor
import TesseraTokens

extension Model {
    /// Fills the holes of a picture; every other pixel stays as it is, bit for bit.
    ///
    /// Only regions around the holes are worked on. In each, tokens of squares that touch a hole are
    /// sampled given the pixels around it; the decoded squares fill the hole, moved by a smooth
    /// difference so that they meet the known pixels.
    ///
    /// **Edge cases:** a mask without a hole gives the picture itself; without a known pixel the
    /// result is a sample of the prior.
    ///
    /// - Parameters:
    ///   - image: The picture; its alpha, depth, profile and format are kept.
    ///   - mask: The pixels to fill, of the picture's size.
    ///   - options: How to sample.
    ///   - advance: Told after each step, with the number of all steps.
    /// - Returns: The picture, and how far the sampled one is from the known pixels.
    public func inpaint(
        _ image: Image, hole mask: PixelMask, options: RecoveryOptions = RecoveryOptions(),
        advance: (_ step: Int, _ count: Int) -> Void = { _, _ in }
    ) -> Recovered {
        precondition(
            mask.height == image.height && mask.width == image.width,
            "A mask of \(mask.width) x \(mask.height) pixels does not fit a picture of "
                + "\(image.width) x \(image.height)")
        var result = image
        result.text = []
        let regions = InpaintingRegion.covering(mask, side: tokenizer.pixelsPerToken)
        var residual = ResidualSum()
        var decodeCount = 0
        for (number, region) in regions.enumerated() {
            let rectangle = region.rectangle(
                side: tokenizer.pixelsPerToken, height: image.height, width: image.width)
            let hole = mask.window(
                row: rectangle.top, column: rectangle.left, height: rectangle.height,
                width: rectangle.width)
            let filled = fill(
                image.pixels(in: rectangle), hole: hole, options: options, residual: &residual,
                decodeCount: &decodeCount
            ) { step, count in
                advance(number * count + step, regions.count * count)
            }
            result.replacePixels(in: rectangle, with: filled)
        }
        result.restoreSamples(
            of: image,
            outside: mask.tensor)
        return Recovered(
            image: result, residual: residual.value, decodeCount: decodeCount)
    }

    /// Fills the hole of a region.
    private func fill(
        _ pixels: Tensor<Float>, hole: PixelMask, options: RecoveryOptions,
        residual: inout ResidualSum, decodeCount: inout Int,
        advance: (_ step: Int, _ count: Int) -> Void
    ) -> Tensor<Float> {
        let (height, width) = (pixels.shape[1], pixels.shape[2])
        let inpainting = Inpainting(mask: hole)
        let rough = tokenizer.encode(inpainting.smoothlyFilled(pixels))
        let fractions = hole.holeFractions(ofSquares: tokenizer.pixelsPerToken)
        let problem = RecoveryProblem(
            height: height, width: width,
            start: rough.masking(fractions.map { $0 > 0 }),
            rough: rough, trust: fractions.map { 1 - Float($0) }
        ) { rectangle in
            let part = Inpainting(mask: hole.window(rectangle))
            return ImageMeasurement(
                of: part, values: part.apply(to: pixels.pixels(in: rectangle)))
        }
        let (grid, decodes) = recover(problem, options: options, advance: advance)
        decodeCount += decodes
        let decoded = tokenizer.decode(grid, height: height, width: width)
        residual.add(
            inpainting.residual(of: decoded, given: inpainting.apply(to: pixels)),
            count: height * width - hole.holeCount, of: height * width)
        guard options.isProjected else { return decoded }
        return decoded.adding(inpainting.smoothlyFilled(pixels.subtracting(decoded)))
    }
}

/// A picture that was recovered from a measurement.
public struct Recovered: Sendable {
    /// The picture.
    public let image: Image

    /// The root mean square of what the sampled picture, before it is moved to where it explains the
    /// measurement, differs from it; in units of the pixels' range [-1, 1].
    public let residual: Double

    /// The standard deviation of the measurement's noise that was reckoned with, in the same units: a
    /// picture that explains the measurement has a residual of about so much.
    public let noise: Double

    /// How often sampling decoded the picture, or windows of it; with the gradient counts as once.
    public let decodeCount: Int

    init(image: Image, residual: Double, noise: Double = 0, decodeCount: Int = 0) {
        self.image = image
        self.residual = residual
        self.noise = noise
        self.decodeCount = decodeCount
    }
}

/// The root mean square of differences that come in parts.
struct ResidualSum {
    private var squares = 0.0
    private var count = 0

    /// Adds a part.
    ///
    /// - Parameters:
    ///   - residual: The root mean square over `total` values, of which all but `count` are zero.
    ///   - count: The number of values that count.
    ///   - total: The number of values that the residual was divided by.
    mutating func add(_ residual: Double, count: Int, of total: Int) {
        squares += residual * residual * Double(total)
        self.count += count
    }

    /// The root mean square over all values that count; 0 if there are none.
    var value: Double { count > 0 ? (squares / Double(count)).squareRoot() : 0 }
}

extension TokenGrid {
    /// The same grid with some positions masked.
    fileprivate func masking(_ isMasked: [Bool]) -> TokenGrid {
        TokenGrid(
            height: height, width: width, vocabulary: vocabulary,
            codes: codes.enumerated().map { isMasked[$0 / slotCount] ? TokenGrid.mask : $1 })
    }
}

extension PixelMask {
    /// The part of a mask inside a rectangle.
    fileprivate func window(_ rectangle: PixelRectangle) -> PixelMask {
        window(
            row: rectangle.top, column: rectangle.left, height: rectangle.height,
            width: rectangle.width)
    }
}
