import TesseraTensor

/// Number, sums and sums of products of feature vectors, which add up over parts of a picture.
struct FeatureMoments {
    /// The number of channels, C.
    let channelCount: Int

    private(set) var count = 0

    /// Shape `[C]`.
    private var sums: [Double]

    /// The lower triangle; what is above is not used.
    ///
    /// Shape `[C, C]`.
    private var products: [Double]

    init(channelCount: Int) {
        self.channelCount = channelCount
        sums = [Double](repeating: 0, count: channelCount)
        products = [Double](repeating: 0, count: channelCount * channelCount)
    }

    /// Adds the features at some places.
    ///
    /// - Parameters:
    ///   - features: Shape `[1, H, W, C]`.
    ///   - places: Indices of positions, row by row.
    mutating func add(_ features: Tensor<Float>, at places: [Int]) {
        let channels = channelCount
        precondition(
            features.shape[3] == channels, "Moments of \(channels) channels got \(features.shape)")
        count += places.count
        features.withUnsafeBuffer { features in
            sums.withUnsafeMutableBufferPointer { sums in
                products.withUnsafeMutableBufferPointer { products in
                    for place in places {
                        for i in 0 ..< channels {
                            let value = Double(features[place * channels + i])
                            // Most features are zero after a relu.
                            if value == 0 { continue }
                            sums[i] += value
                            for j in 0 ... i {
                                products[i * channels + j] +=
                                    value * Double(features[place * channels + j])
                            }
                        }
                    }
                }
            }
        }
    }

    /// The moments of what two count together; the parts have nothing in common.
    static func + (first: FeatureMoments, second: FeatureMoments) -> FeatureMoments {
        var both = first
        both.count += second.count
        for i in both.sums.indices { both.sums[i] += second.sums[i] }
        for i in both.products.indices { both.products[i] += second.products[i] }
        return both
    }

    /// The mean, of at least one vector.
    ///
    /// Shape `[C]`.
    var mean: [Double] { sums.map { $0 / Double(count) } }

    /// The unbiased covariance, of at least two vectors.
    ///
    /// Shape `[C, C]`.
    var covariance: [Double] {
        let (channels, mean) = (channelCount, mean)
        var covariance = products
        for i in 0 ..< channels {
            for j in 0 ... i {
                let sum = products[i * channels + j] - Double(count) * mean[i] * mean[j]
                covariance[i * channels + j] = sum / Double(count - 1)
                covariance[j * channels + i] = covariance[i * channels + j]
            }
        }
        return covariance
    }

    /// The normal distribution with this mean and covariance along some directions.
    ///
    /// - Parameter directions: One a row. Shape `[n, C]`.
    /// - Returns: The distribution in n dimensions.
    func normal(along directions: [Double]) -> NormalDistribution {
        let order = directions.count / channelCount
        let mean = product(directions, self.mean, inner: channelCount)
        let turned = product(directions, covariance, inner: channelCount)  // [n, C]
        return NormalDistribution(
            mean: mean,
            covariance: product(turned, directions.transposed(rows: order), inner: channelCount))
    }
}
