public import TesseraTensor

/// The operator that does nothing: a picture measured as it is, with noise.
public struct Denoising: LinearOperator {
    /// The shape of the picture, `[1, H, W, 3]`.
    public let imageShape: [Int]

    /// Makes the operator for pictures of one size.
    ///
    /// - Parameters:
    ///   - height: The height of the picture.
    ///   - width: The width of the picture.
    public init(height: Int, width: Int) {
        imageShape = [1, height, width, 3]
    }

    /// The shape of the measurement: that of the picture.
    public var measurementShape: [Int] { imageShape }

    /// Gives the picture back.
    ///
    /// - Parameter pixels: A picture.
    /// - Returns: The same.
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> { pixels }

    /// Gives the measurement back.
    ///
    /// - Parameter measurement: A measurement.
    /// - Returns: The same.
    public func applyAdjoint(to measurement: Tensor<Float>) -> Tensor<Float> { measurement }
}

extension Denoising: RecoverableOperator {
    /// The picture without what ``CosineDenoiser`` takes for noise.
    public func initialEstimate(from measurement: Tensor<Float>, noise: Double) -> Tensor<Float> {
        CosineDenoiser(noise: noise).picture(from: measurement).clampedToPixels
    }

    /// The measurement without what is noise by its own looks and by those of the sampled picture.
    public func dataConsistent(
        _ pixels: Tensor<Float>, with measurement: Tensor<Float>, noise: Double
    ) -> Tensor<Float> {
        CosineDenoiser(noise: noise).picture(from: measurement, and: pixels).clampedToPixels
    }

    /// The denoiser once, told the noise.
    public func splitting(noise: Double, isSampled: Bool) -> HalfQuadraticSplitting? {
        isSampled
            ? nil : HalfQuadraticSplitting(stepCount: 1, from: noise, to: noise, weight: 1)
    }

    /// The measurement.
    public func plainEstimate(from measurement: Tensor<Float>) -> Tensor<Float> { measurement }

    /// The mean of measurement and image.
    public func proximal(
        of image: Tensor<Float>, given measurement: Tensor<Float>, weight: Double
    ) -> Tensor<Float>? {
        let share = Float(1 / (1 + weight))
        return image.combined(with: measurement) { $0 + share * ($1 - $0) }
    }

    /// Cuts the picture.
    public func part(
        rows: Range<Int>, columns: Range<Int>, of measurement: Tensor<Float>
    ) -> (forwardOperator: any ForwardOperator, values: Tensor<Float>)? {
        (
            Denoising(height: rows.count, width: columns.count),
            measurement.rectangle(rows: rows, columns: columns)
        )
    }
}

extension Degradation {
    /// There is noise and nothing else.
    public static let denoise = Degradation(
        name: "denoise", summary: "nothing but noise", restoration: "noise", required: [.noise],
        noiseJudgement: .always
    ) { _, height, width, _ in Denoising(height: height, width: width) }
}
