public import TesseraTensor

/// The operator that loses the pixels of a hole: y = m ⊙ x, with m = 0 in the hole and 1 elsewhere.
///
/// The measurement has the picture's shape, and zeros in the hole, so A is a projection: A A = A and
/// Aᵀ = A. All three channels share the mask.
public struct Inpainting: LinearOperator {
    /// The missing pixels.
    public let mask: PixelMask

    /// Makes the operator of a hole.
    ///
    /// - Parameter mask: The missing pixels.
    public init(mask: PixelMask) {
        self.mask = mask
    }

    /// The shape of the picture, `[1, H, W, 3]`.
    public var imageShape: [Int] { [1, mask.height, mask.width, 3] }

    /// The shape of the measurement: that of the picture.
    public var measurementShape: [Int] { imageShape }

    /// Sets the hole to 0, the middle gray of [-1, 1].
    ///
    /// - Parameter pixels: Shape `[1, H, W, 3]`.
    /// - Returns: The known pixels, and 0 in the hole.
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> {
        precondition(
            pixels.shape == imageShape,
            "A mask of shape \(imageShape) cannot cover pixels of shape \(pixels.shape)")
        return mixing(hole: Tensor(shape: imageShape, repeating: 0), known: pixels)
    }

    /// Does what ``apply(to:)`` does: the operator is symmetric.
    ///
    /// - Parameter measurement: Shape `[1, H, W, 3]`.
    /// - Returns: Aᵀ y.
    public func applyAdjoint(to measurement: Tensor<Float>) -> Tensor<Float> {
        apply(to: measurement)
    }

    /// Puts the measured pixels into a picture: the nearest picture that agrees with them.
    ///
    /// x + Aᵀ (y - A x). Pixels outside of the hole become those of the measurement, bit for bit.
    ///
    /// - Parameters:
    ///   - pixels: A picture of shape `[1, H, W, C]`, of any number of channels.
    ///   - measurement: The known pixels, of the same shape; what it has in the hole is not read.
    /// - Returns: The measurement outside of the hole, and the picture inside.
    public func projectOntoMeasurement(
        _ pixels: Tensor<Float>, measurement: Tensor<Float>
    ) -> Tensor<Float> {
        mixing(hole: pixels, known: measurement)
    }

    /// Takes each pixel from one of two pictures of any number of channels.
    func mixing(hole: Tensor<Float>, known: Tensor<Float>) -> Tensor<Float> {
        let (shape, channels) = (known.shape, known.shape.last ?? 0)
        precondition(
            hole.shape == shape && shape == [1, mask.height, mask.width, channels],
            "A mask of \(mask.height) x \(mask.width) pixels got \(hole.shape) and \(shape)")
        return hole.withUnsafeBuffer { hole in
            known.withUnsafeBuffer { known in
                Tensor(shape: shape) { mixed in
                    for (pixel, isHole) in mask.isHole.enumerated() {
                        let source = isHole ? hole : known
                        for i in channels * pixel ..< channels * (pixel + 1) {
                            mixed.initializeElement(at: i, to: source[i])
                        }
                    }
                }
            }
        }
    }
}

extension Inpainting: RecoverableOperator {
    /// Fills the hole smoothly, goes on with what surrounds it, and removes noise from all.
    public func initialEstimate(from measurement: Tensor<Float>, noise: Double) -> Tensor<Float> {
        let smooth = smoothlyFilled(measurement)
        let denoiser = CosineDenoiser(noise: noise)
        let start = noise > 0 ? smoothlyFilled(denoiser.picture(from: smooth)) : smooth
        let last = max(Self.lastInNoises * noise, 0.05)
        let completed = sparselyCompleted(
            start, measurement, thresholds: (max(0.5, last), last), count: 16)
        return (noise > 0 ? denoiser.picture(from: completed) : completed).clampedToPixels
    }

    /// The last threshold of holes that are completed, as a multiple of the noise.
    ///
    /// On eight photographs of the validation set at half their size with 70 % missing and noise of 0.05, 1.2, 2.4 and
    /// 3.6 give 26.8 dB each and perceptual distances of 0.275, 0.291 and 0.304.
    private static let lastInNoises = 1.2

    /// The part of each square that is known.
    public func initialEstimateWeights(ofSquares side: Int) -> [Float] {
        mask.holeFractions(ofSquares: side).map { 0.99 * (1 - Float($0)) }
    }

    /// Moves known pixels to the measurement, and those of the hole by a smooth continuation; near known
    /// pixels the hole goes on with what surrounds it.
    ///
    /// Coefficients as small as what the sampled picture fails to explain are not believed. A measurement
    /// with noise is followed as far as ``CosineDenoiser`` tells it from noise.
    public func dataConsistent(
        _ pixels: Tensor<Float>, with measurement: Tensor<Float>, noise: Double
    ) -> Tensor<Float> {
        func continued(_ known: Tensor<Float>) -> Tensor<Float> {
            pixels.adding(smoothlyFilled(known.subtracting(pixels)))
        }
        let denoiser = CosineDenoiser(noise: noise)
        var start = continued(measurement)
        if noise > 0 { start = continued(denoiser.picture(from: start, and: pixels)) }
        let knownShare = 1 - Double(mask.holeCount) / Double(mask.isHole.count)
        let residual = residual(of: pixels, given: apply(to: measurement))
        let variance = residual * residual / max(knownShare, 1e-6) - noise * noise
        let error = max(variance, 0).squareRoot()
        let last = max(Self.lastInNoises * noise, 0.6 * error)
        let completed = sparselyCompleted(
            start, measurement, thresholds: (max(3 * error, last), last), count: 8)
        return (noise > 0 ? denoiser.picture(from: completed, and: pixels) : completed)
            .clampedToPixels
    }

    /// Many steps for scattered pixels, of which the result is one half and a sampled image the other.
    ///
    /// What fills wide holes is not noise to be removed.
    public func splitting(noise: Double, isSampled: Bool) -> HalfQuadraticSplitting? {
        guard !isSampled || !mask.hasHole(ofSide: Self.wideSide) else { return nil }
        return HalfQuadraticSplitting(
            stepCount: 24, from: 30 / 127.5, to: max(noise, 3 / 127.5), weight: 0.23,
            startShare: isSampled ? 0.5 : 0)
    }

    /// The side of a square hole in pixels from which on a denoiser has no say in what a model sampled.
    private static let wideSide = 12

    /// The initial estimate.
    public func plainEstimate(from measurement: Tensor<Float>) -> Tensor<Float> {
        initialEstimate(from: measurement, noise: 0)
    }

    /// The mean of measurement and image where pixels are known, and the image in the hole.
    public func proximal(
        of image: Tensor<Float>, given measurement: Tensor<Float>, weight: Double
    ) -> Tensor<Float>? {
        let share = Float(1 / (1 + weight))
        return mixing(
            hole: image,
            known: image.combined(with: measurement) { $0 + share * ($1 - $0) })
    }

    /// Fills the hole smoothly, and leaves all else as it is.
    public func classicalEstimate(from measurement: Tensor<Float>) -> Tensor<Float> {
        smoothlyFilled(measurement).clampedToPixels
    }

    /// The missing pixels.
    public var hole: PixelMask? { mask }

    /// Cuts the mask.
    public func part(
        rows: Range<Int>, columns: Range<Int>, of measurement: Tensor<Float>
    ) -> (forwardOperator: any ForwardOperator, values: Tensor<Float>)? {
        let window = mask.window(
            row: rows.lowerBound, column: columns.lowerBound, height: rows.count,
            width: columns.count)
        return (Inpainting(mask: window), measurement.rectangle(rows: rows, columns: columns))
    }
}
