public import TesseraTensor

/// How far the textures of a region of a picture are from the true ones, whatever lies where: 0 for equal.
///
/// SqueezeNet's first features (see ``SqueezeNetFeatures/early(_:)``) of the region are taken for samples of
/// a normal distribution, in the manner of M. Heusel et al., "GANs Trained by a Two Time-Scale Update Rule
/// Converge to a Local Nash Equilibrium", NeurIPS 2017, within one picture instead of over many. Both
/// pictures' features are first projected onto the 24 principal components of the true picture's; the squared
/// distance of the two distributions is divided by the sum of the variances of the true features, and
/// averaged over the two layers. A blur is about 0.6 from a texture, the right texture elsewhere 0.1.
public struct FrechetDistance: Sendable {
    /// The network.
    public let features: SqueezeNetFeatures

    /// The number of rows of a picture that are looked at at once.
    private let bandHeight: Int

    /// The number of principal components.
    private static let dimension = 24

    /// Measures with a network.
    ///
    /// - Parameters:
    ///   - features: The network.
    ///   - bandHeight: The number of rows that are looked at at once, a multiple of 4; the result does not
    ///     depend on it, memory does.
    public init(_ features: SqueezeNetFeatures, bandHeight: Int = 256) {
        precondition(
            bandHeight > 0 && bandHeight % 4 == 0,
            "A band has a multiple of 4 rows, but got \(bandHeight)")
        self.features = features
        self.bandHeight = bandHeight
    }

    /// Measures a region of two pictures of one size.
    ///
    /// - Parameters:
    ///   - height: The height of the pictures, H.
    ///   - width: The width of the pictures, W.
    ///   - region: Whether each pixel belongs to the region. Shape `[H, W]`.
    ///   - surroundings: Whether each pixel is one of those beside the region whose true features the
    ///     principal components are of too; none of the region's. Shape `[H, W]`.
    ///   - rows: Gives some rows of the picture and of the true one, shape `[1, rows, W, 3]`, values in
    ///     [-1, 1].
    /// - Returns: The distance, or `nil` if the region has less than two features of a layer, or the true
    ///   ones are all equal.
    public func callAsFunction(
        height: Int, width: Int, region: [Bool], surroundings: [Bool],
        rows: (Range<Int>) -> (picture: Tensor<Float>, truth: Tensor<Float>)
    ) -> Double? {
        precondition(
            region.count == height * width && surroundings.count == height * width,
            "A picture of \(height) x \(width) pixels has as many flags")
        let halo = SqueezeNetFeatures.earlyReceptiveField
        var moments: [LayerMoments] = []
        for top in stride(from: 0, to: height, by: bandHeight) {
            let end = min(top + bandHeight, height)
            let first = max(top - halo, 0)
            let (picture, truth) = rows(first ..< min(end + halo, height))
            let layers = zip(features.early(picture), features.early(truth))
            for (layer, (found, wanted)) in layers.enumerated() {
                if moments.count == layer {
                    moments.append(LayerMoments(channelCount: wanted.shape[3]))
                }
                let spacing = SqueezeNetFeatures.earlySpacings[layer]
                func places(_ flags: [Bool]) -> [Int] {
                    stride(from: top, to: end, by: spacing).flatMap { y in
                        stride(from: 0, to: width, by: spacing)
                            .filter { flags[y * width + $0] }
                            .map { (y - first) / spacing * wanted.shape[2] + $0 / spacing }
                    }
                }
                let inside = places(region)
                moments[layer].found.add(found, at: inside)
                moments[layer].wanted.add(wanted, at: inside)
                moments[layer].beside.add(wanted, at: places(surroundings))
            }
        }
        var sum = 0.0
        for layer in moments {
            guard let distance = layer.distance(dimension: Self.dimension) else { return nil }
            sum += distance
        }
        return sum / Double(moments.count)
    }
}

/// The moments of one layer's features.
private struct LayerMoments {
    /// Those of the picture, in the region.
    var found: FeatureMoments

    /// Those of the true picture, in the region.
    var wanted: FeatureMoments

    /// Those of the true picture, beside the region.
    var beside: FeatureMoments

    init(channelCount: Int) {
        found = FeatureMoments(channelCount: channelCount)
        wanted = found
        beside = found
    }

    /// The squared distance in parts of the true features' variance; `nil` if there is none.
    func distance(dimension: Int) -> Double? {
        guard wanted.count >= 2 else { return nil }
        let (all, order) = (wanted + beside, wanted.channelCount)
        let system = SymmetricEigensystem(all.covariance, order: order)
        let variance = system.values.reduce(0, +)
        guard variance > 0 else { return nil }
        let principal = Array(system.vectors.suffix(min(dimension, order) * order))
        return found.normal(along: principal)
            .squaredDistance(to: wanted.normal(along: principal)) / variance
    }
}
