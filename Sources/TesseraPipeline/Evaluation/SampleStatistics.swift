public import TesseraImage
import TesseraInverse
import TesseraTensor

/// The mean and the standard deviation of several pictures of one size: what a measurement leaves open.
///
/// B. Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products", 1962.
public struct SampleStatistics: Sendable {
    /// The deviation that is white in ``standardDeviation``, in units of [-1, 1]: 64 levels of 8 bits.
    public static let whiteDeviation: Float = 0.5

    /// The number of pictures.
    public private(set) var count = 0

    private var first: Image?
    private var means = Tensor<Float>(shape: [0], repeating: 0)
    private var squares = Tensor<Float>(shape: [0], repeating: 0)

    /// Begins without a picture.
    public init() {}

    /// Adds a picture.
    ///
    /// - Parameter image: A picture of the size of those before.
    public mutating func add(_ image: Image) {
        let pixels = image.pixels
        count += 1
        guard first != nil else {
            first = image
            means = pixels
            squares = Tensor(shape: pixels.shape, repeating: 0)
            return
        }
        let share = 1 / Float(count)
        let oldMeans = means
        means = means.combined(with: pixels) { $0 + share * ($1 - $0) }
        let before = pixels.subtracting(oldMeans)
        let after = pixels.subtracting(means)
        squares = squares.adding(before.combined(with: after) { $0 * $1 })
    }

    /// The mean picture, stored as the first one is.
    ///
    /// - Precondition: There is a picture.
    public var mean: Image { Image(pixels: means, like: neededFirst) }

    /// The standard deviation of each sample as a picture, from black for none to white for
    /// ``whiteDeviation`` and more.
    ///
    /// - Precondition: There is a picture.
    public var standardDeviation: Image {
        let scale = 1 / Float(count)
        return Image(
            pixels: squares.mapped {
                2 * min((scale * $0).squareRoot() / SampleStatistics.whiteDeviation, 1) - 1
            }, like: neededFirst)
    }

    private var neededFirst: Image {
        guard let first else { preconditionFailure("Nothing is known of no pictures") }
        return first
    }
}
