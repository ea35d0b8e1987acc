public import TesseraTensor
public import TesseraTokens

/// A few numbers that say what a picture looks like, made from its tokens.
///
/// The mean of each channel in each quarter of the picture, and how much the channel varies over all.
public struct PictureFeatures: Sendable {
    private static let side = 2
    private let pooling: LatentPooling

    /// Prepares features of the pictures of one model.
    ///
    /// - Parameter codeSpace: Where the codes of its grids stand.
    public init(_ codeSpace: any CodeSpace) {
        pooling = LatentPooling(codeSpace)
    }

    /// The number of features of a picture.
    public var count: Int { (PictureFeatures.side * PictureFeatures.side + 1) * pooling.channels }

    /// The features of a picture.
    ///
    /// - Parameter grid: A grid with no masked slot, at least one position.
    /// - Returns: ``count`` numbers.
    public func values(of grid: TokenGrid) -> [Float] {
        let latent = pooling.latent(of: grid)
        let channels = pooling.channels
        let side = PictureFeatures.side
        let mean = pooling.means(latent, of: grid, rows: 1, columns: 1)
        var squares = [Float](repeating: 0, count: channels)
        for (place, value) in latent.enumerated() {
            let difference = value - mean[place % channels]
            squares[place % channels] += difference * difference
        }
        return pooling.means(latent, of: grid, rows: side, columns: side)
            + squares.map { ($0 / Float(grid.positionCount)).squareRoot() }
    }

    /// Moves and scales each feature to mean 0 and variance 1 over a set, so that all count alike.
    ///
    /// - Parameter values: Shape `[pictures, features]`.
    /// - Returns: The same; a feature that all pictures share becomes 0.
    public static func standardized(_ values: Tensor<Float>) -> Tensor<Float> {
        let (pictures, features) = (values.shape[0], values.shape[1])
        var values = values
        values.withUnsafeMutableBuffer { values in
            for feature in 0 ..< features {
                let places = stride(from: feature, to: pictures * features, by: features)
                let mean = places.reduce(0.0) { $0 + Double(values[$1]) } / Double(pictures)
                let squares = places.reduce(0.0) { sum, place in
                    sum + (Double(values[place]) - mean) * (Double(values[place]) - mean)
                }
                let deviation = (squares / Double(pictures)).squareRoot()
                for place in places {
                    values[place] =
                        deviation > 0 ? Float((Double(values[place]) - mean) / deviation) : 0
                }
            }
        }
        return values
    }
}
