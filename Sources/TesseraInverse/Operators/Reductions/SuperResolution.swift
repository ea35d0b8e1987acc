public import TesseraTensor

/// The operator that reduces a picture by antialiased bicubic resampling.
///
/// The reduced picture has ⌈H / factor⌉ rows and ⌈W / factor⌉ columns and covers the whole picture:
/// where a side is no multiple of the factor, the scale along it is a little smaller. A picture that
/// is enlarged by the factor exactly has no such remainder. The kernel is ``BicubicResampling``'s.
public struct SuperResolution: LinearOperator {
    /// How many times smaller the measurement is along each side, at least 1.
    public let factor: Int

    /// The shape of the large picture, `[1, H, W, 3]`.
    public let imageShape: [Int]

    /// The shape of the reduced picture, `[1, ⌈H / factor⌉, ⌈W / factor⌉, 3]`.
    public let measurementShape: [Int]

    private let resampling: BicubicResampling

    /// Makes the operator for pictures of one size.
    ///
    /// - Parameters:
    ///   - factor: How many times smaller the measurement is along each side, such as 2, 4 or 8.
    ///   - height: The height of the large picture, at least 1.
    ///   - width: The width of the large picture, at least 1.
    public init(factor: Int, height: Int, width: Int) {
        precondition(factor >= 1, "A picture is reduced by a factor of 1 or more, not \(factor)")
        let reducedHeight = (height + factor - 1) / factor
        let reducedWidth = (width + factor - 1) / factor
        self.factor = factor
        imageShape = [1, height, width, 3]
        measurementShape = [1, reducedHeight, reducedWidth, 3]
        resampling = BicubicResampling(
            fromHeight: height, width: width, toHeight: reducedHeight, width: reducedWidth)
    }

    /// Reduces a picture.
    ///
    /// - Parameter pixels: Shape `[1, H, W, 3]`.
    /// - Returns: The reduced picture, not clamped.
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> {
        resampling.apply(to: pixels)
    }

    /// Spreads each reduced pixel over the pixels that it came from, by the same weights.
    ///
    /// - Parameter measurement: A reduced picture.
    /// - Returns: Aᵀ y, of shape `[1, H, W, 3]`.
    public func applyAdjoint(to measurement: Tensor<Float>) -> Tensor<Float> {
        resampling.applyAdjoint(to: measurement)
    }

    /// Enlarges a measurement to the picture's size by bicubic interpolation.
    ///
    /// This is the picture to start from, and the baseline to beat.
    ///
    /// - Parameter measurement: Shape `[1, h, w, 3]`.
    /// - Returns: Shape `[1, H, W, 3]`, values clamped to [-1, 1].
    public func enlarged(_ measurement: Tensor<Float>) -> Tensor<Float> {
        var enlarged = BicubicResampling(
            fromHeight: measurementShape[1], width: measurementShape[2],
            toHeight: imageShape[1], width: imageShape[2]
        ).apply(to: measurement)
        enlarged.withUnsafeMutableBuffer { values in
            for i in values.indices { values[i] = min(max(values[i], -1), 1) }
        }
        return enlarged
    }
}

extension SuperResolution: RecoverableOperator {
    /// The measurement enlarged by bicubic interpolation; a smooth picture if there is noise.
    public func initialEstimate(from measurement: Tensor<Float>, noise: Double) -> Tensor<Float> {
        noise > 0 ? enlargedWithoutNoise(measurement, noise: noise) : enlarged(measurement)
    }

    /// Adds what the reduction lacks, enlarged, a few times over: iterative back-projection.
    ///
    /// M. Irani and S. Peleg, "Improving Resolution by Image Registration", CVGIP 1991. A measurement
    /// with noise is followed as far as ``CosineDenoiser`` tells it from noise.
    public func dataConsistent(
        _ pixels: Tensor<Float>, with measurement: Tensor<Float>, noise: Double
    ) -> Tensor<Float> {
        guard noise == 0 else {
            return denoisedConsistent(pixels, with: measurement, noise: noise)
        }
        let enlarging = BicubicResampling(
            fromHeight: measurementShape[1], width: measurementShape[2],
            toHeight: imageShape[1], width: imageShape[2])
        var result = pixels
        for _ in 0 ..< 4 {
            result = result.adding(
                enlarging.apply(to: measurement.subtracting(apply(to: result))))
        }
        return result.clampedToPixels
    }

    /// Twelve steps to less of an end the more is to be made up.
    public func splitting(noise: Double, isSampled: Bool) -> HalfQuadraticSplitting? {
        isSampled
            ? nil
            : HalfQuadraticSplitting(
                stepCount: 12, from: 49 / 127.5, to: max(noise, Double(factor) / 255), weight: 1)
    }

    /// A reduction, up to the largest factor that networks are trained for.
    public var trainedDegradation: TrainedDegradation? {
        (2 ... 4).contains(factor) ? .reduction(factor: factor) : nil
    }

    /// Cuts a window of whole reduced pixels.
    public func part(
        rows: Range<Int>, columns: Range<Int>, of measurement: Tensor<Float>
    ) -> (forwardOperator: any ForwardOperator, values: Tensor<Float>)? {
        reducedPart(
            SuperResolution(factor: factor, height: rows.count, width: columns.count),
            factor: factor, rows: rows, columns: columns, of: measurement)
    }
}

extension Degradation {
    /// The picture is reduced to half its sides.
    public static let sr2 = bicubicReduction(by: 2)

    /// The picture is reduced to a quarter of its sides.
    public static let sr4 = bicubicReduction(by: 4)

    /// The picture is reduced to an eighth of its sides.
    public static let sr8 = bicubicReduction(by: 8)

    private static func bicubicReduction(by factor: Int) -> Degradation {
        Degradation(
            name: "sr\(factor)", summary: "reduced by antialiased bicubic resampling",
            restoration: "enlarged, so that the reduction is the input", factor: factor,
            classicalMethod: "bicubic"
        ) { _, height, width, _ in
            SuperResolution(factor: factor, height: height, width: width)
        }
    }
}
