public import TesseraImage
public import TesseraInverse
public import TesseraPerception
import TesseraTensor
import TesseraTokens

/// How a filled hole looks beside the true picture, with texture counting: PSNR favours a blur.
///
/// No figure decides alone: a copy of anything sharp has the right sharpness, a blur no seam.
public struct HoleComparison: Sendable, Equatable {
    /// The gradient energy inside the hole over the true one; 1 is right, below it a blur.
    ///
    /// Means over pictures are to be geometric (see ``TesseraInverse/sharpness(of:comparedTo:inside:)``).
    public let sharpness: Double

    /// How visible the border is; 1 is right, above 1.1 is a seam; `nil` if the hole is all of the picture.
    ///
    /// See ``TesseraInverse/seam(of:comparedTo:around:)``.
    public let seam: Double?

    /// How differently the hole and 16 pixels around it look to a network, if one was asked and they are
    /// large enough.
    public let perceptualDistance: Double?

    /// How far the textures inside the hole are from the true ones, if a network was asked and there are
    /// features enough (see ``FrechetDistance``).
    public let frechetDistance: Double?

    /// How many pixels at the border of a hole do not count as its inside.
    private static let rim = 3

    /// How far around a hole differences are looked at, in pixels.
    private static let margin = 16

    /// The least part of a hole that is its inside; scattered pixels have none to speak of.
    private static let leastInside = 0.01

    /// Compares the holes of two pictures, unless the hole is too narrow.
    ///
    /// It is `nil` if less than a hundredth of the hole lies more than three pixels from what is known.
    ///
    /// - Parameters:
    ///   - image: The picture with the filled hole.
    ///   - reference: The true picture, of the same size.
    ///   - hole: What was missing.
    ///   - perception: Gives distances of features, or `nil`.
    public init?(
        _ image: Image, with reference: Image, hole: PixelMask,
        perception: PerceptualDistance? = nil
    ) {
        let inside = hole.eroded(by: Self.rim)
        guard let bounds = hole.bounds, inside.holeCount > 0,
            Double(inside.holeCount) >= Self.leastInside * Double(hole.holeCount)
        else { return nil }
        func widened(_ range: Range<Int>, to end: Int) -> Range<Int> {
            max(range.lowerBound - Self.margin, 0) ..< min(range.upperBound + Self.margin, end)
        }
        let rows = widened(bounds.rows, to: hole.height)
        let columns = widened(bounds.columns, to: hole.width)
        let around = PixelRectangle(
            top: rows.lowerBound, left: columns.lowerBound, height: rows.count,
            width: columns.count)
        let (found, wanted) = (image.pixels(in: around), reference.pixels(in: around))
        sharpness = TesseraInverse.sharpness(
            of: found, comparedTo: wanted, inside: inside.window(around))
        seam = TesseraInverse.seam(of: found, comparedTo: wanted, around: hole.window(around))
        perceptualDistance = perception?(found, wanted)
        frechetDistance = perception.flatMap { perception in
            FrechetDistance(perception.features)(
                height: hole.height, width: hole.width, region: inside.isHole,
                surroundings: hole.inverted.eroded(by: Self.rim).isHole
            ) { rows in
                let band = PixelRectangle(
                    top: rows.lowerBound, left: 0, height: rows.count, width: hole.width)
                return (image.pixels(in: band), reference.pixels(in: band))
            }
        }
    }
}
