public import TesseraTensor

/// The operator that blurs a picture: each pixel becomes a weighted mean of those around it.
///
/// It is a correlation with the kernel, as PyTorch's `conv2d` computes it and the code of diffusion
/// papers uses it; a convolution reads the kernel turned by half. Beyond its edges the picture is
/// mirrored about the outermost pixels ("reflect"). A kernel that is the product of a column and a row,
/// such as a Gaussian, takes two passes.
public struct Blur: LinearOperator {
    /// The kernel.
    public let kernel: BlurKernel

    /// The shape of the picture, `[1, H, W, 3]`.
    public let imageShape: [Int]

    private let passes: [KernelPass]

    /// Makes the operator for pictures of one size.
    ///
    /// - Parameters:
    ///   - kernel: What a point becomes.
    ///   - height: The height of the picture, at least 1.
    ///   - width: The width of the picture, at least 1.
    public init(kernel: BlurKernel, height: Int, width: Int) {
        self.kernel = kernel
        imageShape = [1, height, width, 3]
        let kernels = kernel.factors.map { [$0.column, $0.row] } ?? [kernel]
        passes = kernels.map { KernelPass($0, height: height, width: width) }
    }

    /// The shape of the measurement: that of the picture.
    public var measurementShape: [Int] { imageShape }

    /// Blurs a picture.
    ///
    /// - Parameter pixels: Shape `[1, H, W, 3]`.
    /// - Returns: The blurred picture.
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> {
        precondition(
            pixels.shape == imageShape, "A blur of \(imageShape) got pixels of \(pixels.shape)")
        return passes.reduce(pixels) { $1.apply(to: $0) }
    }

    /// Gives each blurred pixel back to those that it is a mean of.
    ///
    /// - Parameter measurement: Shape `[1, H, W, 3]`.
    /// - Returns: Aᵀ y.
    public func applyAdjoint(to measurement: Tensor<Float>) -> Tensor<Float> {
        precondition(
            measurement.shape == imageShape,
            "A blur of \(imageShape) got a measurement of \(measurement.shape)")
        return passes.reversed().reduce(measurement) { $1.applyAdjoint(to: $0) }
    }
}

extension Blur: RecoverableOperator {
    /// The picture with few local cosine coefficients that explains the measurement best; a smooth one
    /// if there is no noise.
    public func initialEstimate(from measurement: Tensor<Float>, noise: Double) -> Tensor<Float> {
        let smooth = regularizedPicture(from: measurement, noise: noise)
        guard noise > 0 else { return smooth }
        return SparseInversion(noise: noise * CosinePlanes(of: measurement).noiseGain)
            .picture(explaining: measurement, by: self, from: smooth).clampedToPixels
    }

    /// Adds the picture with few local cosine coefficients that best explains what the sampled one does
    /// not; a smooth one if there is no noise.
    public func dataConsistent(
        _ pixels: Tensor<Float>, with measurement: Tensor<Float>, noise: Double
    ) -> Tensor<Float> {
        guard noise > 0 else {
            return regularlyConsistent(pixels, with: measurement, noise: noise)
        }
        return pixels.adding(
            SparseInversion(noise: noise * CosinePlanes(of: measurement).noiseGain).picture(
                explaining: measurement.subtracting(apply(to: pixels)), by: self,
                from: Tensor(shape: imageShape, repeating: 0))
        ).clampedToPixels
    }

    /// The measurement.
    public func plainEstimate(from measurement: Tensor<Float>) -> Tensor<Float> { measurement }

    /// Cuts the picture, and the measurement to where it depends on nothing outside.
    public func part(
        rows: Range<Int>, columns: Range<Int>, of measurement: Tensor<Float>
    ) -> (forwardOperator: any ForwardOperator, values: Tensor<Float>)? {
        blurredPart(
            Blur(kernel: kernel, height: rows.count, width: columns.count), reach: kernel.reach,
            rows: rows, columns: columns, of: measurement)
    }
}

extension Degradation {
    /// The picture is blurred by a Gaussian, or by a kernel of one's own.
    public static let deblurGaussian = Degradation(
        name: "deblur-gaussian", summary: "blurred by 61 x 61, deviation 3",
        restoration: "sharpened, given the kernel", accepted: [.kernel], noiseJudgement: .always
    ) { parameters, height, width, _ in
        Blur(kernel: parameters.kernel, height: height, width: width)
    }

    /// The picture is blurred by a kernel that is given: papers draw motion kernels at random.
    public static let deblurMotion = Degradation(
        name: "deblur-motion", summary: "blurred by '--kernel'",
        restoration: "sharpened, given the kernel", required: [.kernel], noiseJudgement: .always
    ) { parameters, height, width, _ in
        Blur(kernel: parameters.kernel, height: height, width: width)
    }
}
