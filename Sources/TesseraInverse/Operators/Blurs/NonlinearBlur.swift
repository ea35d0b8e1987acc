import Glibc
public import TesseraTensor

/// A blur as cameras make it: light is blurred, saturates the sensor, and then becomes pixel values.
///
/// Pixels are turned into light by the inverse of a tone curve (γ = 2.2), the light is blurred, exposed
/// by s(v) = (1 - exp(-e v)) / (1 - exp(-e)) with e the exposure, and turned back into pixels. Bright
/// points become streaks, which no blur of pixel values gives.
///
/// This operator is Tessera's own. The "nonlinear deblurring" of diffusion papers is a trained network
/// (bkse), whose numbers cannot be compared with it.
public struct NonlinearBlur: ForwardOperator {
    /// The blur of light.
    public let blur: Blur

    /// How strongly light saturates, above 0; near 0 it hardly does.
    public let exposure: Float

    private let curve: ToneCurve
    private let gamma: Double

    /// Makes the operator for pictures of one size.
    ///
    /// - Parameters:
    ///   - kernel: What a point of light becomes.
    ///   - gamma: The exponent of the tone curve.
    ///   - exposure: How strongly light saturates, above 0.
    ///   - height: The height of the picture.
    ///   - width: The width of the picture.
    public init(
        kernel: BlurKernel, gamma: Double = 2.2, exposure: Float = 1.5, height: Int, width: Int
    ) {
        precondition(exposure > 0, "An exposure is above 0, but got \(exposure)")
        blur = Blur(kernel: kernel, height: height, width: width)
        curve = ToneCurve(gamma: gamma)
        self.gamma = gamma
        self.exposure = exposure
    }

    /// The same operator for pictures of another size.
    func resized(height: Int, width: Int) -> NonlinearBlur {
        NonlinearBlur(
            kernel: blur.kernel, gamma: gamma, exposure: exposure, height: height, width: width)
    }

    /// The shape of the picture, `[1, H, W, 3]`.
    public var imageShape: [Int] { blur.imageShape }

    /// The shape of the measurement: that of the picture.
    public var measurementShape: [Int] { imageShape }

    /// Blurs the light of a picture and exposes it.
    ///
    /// - Parameter pixels: A picture.
    /// - Returns: The blurred picture.
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> {
        blur.apply(to: light(of: pixels)).mapped { curve.pixel(ofLight: saturated($0)).value }
    }

    /// Applies the transposed derivative: curve, exposure, adjoint blur, inverse curve.
    ///
    /// - Parameters:
    ///   - gradient: The gradient with respect to the measurement.
    ///   - pixels: The picture.
    /// - Returns: The gradient with respect to the picture.
    public func pullback(of gradient: Tensor<Float>, at pixels: Tensor<Float>) -> Tensor<Float> {
        let blurred = blur.apply(to: light(of: pixels))
        let inner = gradient.combined(with: blurred) { gradient, light in
            let slope = exposure * (1 - saturated(light) * scale) / scale
            return gradient * slope * curve.pixel(ofLight: saturated(light)).slope
        }
        return blur.applyAdjoint(to: inner).combined(with: pixels) {
            $0 * curve.light(ofPixel: $1).slope
        }
    }

    /// The light of a picture, in [0, 1].
    func light(of pixels: Tensor<Float>) -> Tensor<Float> {
        pixels.mapped { curve.light(ofPixel: $0).value }
    }

    /// The picture of light.
    func pixels(ofLight light: Tensor<Float>) -> Tensor<Float> {
        light.mapped { curve.pixel(ofLight: $0).value }
    }

    /// The blurred light that a measurement tells of, and how much of it a change of the pixel is.
    func blurredLight(of measurement: Tensor<Float>) -> Tensor<Float> {
        measurement.mapped { pixel in
            let exposed = min(max(curve.light(ofPixel: pixel).value, 0), 1)
            return -log(1 - exposed * scale) / exposure
        }
    }

    private var scale: Float { 1 - exp(-exposure) }

    private func saturated(_ light: Float) -> Float { (1 - exp(-exposure * light)) / scale }
}

extension NonlinearBlur: RecoverableOperator {
    /// Undoes exposure and tone curve, and the blur of light as a linear one.
    public func initialEstimate(from measurement: Tensor<Float>, noise: Double) -> Tensor<Float> {
        pixels(
            ofLight: RegularizedInversion.ofPhotographs(noise: noise * usualSlope)
                .picture(explaining: blurredLight(of: measurement), by: blur)
        ).clampedToPixels
    }

    /// Moves the light of a picture, for which the operator is a linear blur.
    public func dataConsistent(
        _ pixels: Tensor<Float>, with measurement: Tensor<Float>, noise: Double
    ) -> Tensor<Float> {
        let light = light(of: pixels)
        let missing = blurredLight(of: measurement).subtracting(blur.apply(to: light))
        let change = RegularizedInversion.ofSampledPictures(noise: noise * usualSlope)
            .picture(explaining: missing, by: blur)
        return self.pixels(ofLight: light.adding(change)).clampedToPixels
    }

    /// Cuts the picture, and the measurement to where it depends on nothing outside.
    public func part(
        rows: Range<Int>, columns: Range<Int>, of measurement: Tensor<Float>
    ) -> (forwardOperator: any ForwardOperator, values: Tensor<Float>)? {
        blurredPart(
            resized(height: rows.count, width: columns.count), reach: blur.kernel.reach,
            rows: rows, columns: columns, of: measurement)
    }

    /// How much light a change of a pixel's value is, about: both curves together in the middle.
    private var usualSlope: Double { 0.5 }
}

extension Degradation {
    /// Light is blurred and saturates before it becomes pixels.
    public static let deblurNonlinear = Degradation(
        name: "deblur-nonlinear", summary: "light is blurred and saturates",
        restoration: "sharpened, given the kernel", accepted: [.kernel], noiseJudgement: .always
    ) { parameters, height, width, _ in
        NonlinearBlur(kernel: parameters.kernel, height: height, width: width)
    }
}
