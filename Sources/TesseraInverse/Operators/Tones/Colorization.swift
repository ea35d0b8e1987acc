public import TesseraTensor

/// The operator that loses the colours of a picture: y = Σ weight · channel.
public struct Colorization: LinearOperator {
    /// How the three channels become one.
    public enum Gray: String, CaseIterable, Sendable {
        /// 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), as gray pictures are made everywhere.
        case luma

        /// (R + G + B) / 3, as some papers make them.
        case mean

        /// The weights of red, green and blue.
        var weights: [Float] {
            switch self {
            case .luma: [0.299, 0.587, 0.114]
            case .mean: [1 / 3, 1 / 3, 1 / 3]
            }
        }
    }

    /// How the three channels become one.
    public let gray: Gray

    /// The shape of the picture, `[1, H, W, 3]`.
    public let imageShape: [Int]

    /// Makes the operator for pictures of one size.
    ///
    /// - Parameters:
    ///   - gray: How the three channels become one.
    ///   - height: The height of the picture.
    ///   - width: The width of the picture.
    public init(gray: Gray = .luma, height: Int, width: Int) {
        self.gray = gray
        imageShape = [1, height, width, 3]
    }

    /// The shape of the gray picture, `[1, H, W, 1]`.
    public var measurementShape: [Int] { [1, imageShape[1], imageShape[2], 1] }

    /// Makes a picture gray.
    ///
    /// - Parameter pixels: Shape `[1, H, W, 3]`.
    /// - Returns: Shape `[1, H, W, 1]`.
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> {
        precondition(
            pixels.shape == imageShape,
            "Colours of \(imageShape) were expected, not \(pixels.shape)")
        let weights = gray.weights
        return pixels.withUnsafeBuffer { pixels in
            Tensor(shape: measurementShape) { gray in
                for i in gray.indices {
                    gray.initializeElement(
                        at: i,
                        to: weights[0] * pixels[3 * i] + weights[1] * pixels[3 * i + 1]
                            + weights[2] * pixels[3 * i + 2])
                }
            }
        }
    }

    /// Gives each channel its part of the gray.
    ///
    /// - Parameter measurement: Shape `[1, H, W, 1]`.
    /// - Returns: Aᵀ y, of shape `[1, H, W, 3]`.
    public func applyAdjoint(to measurement: Tensor<Float>) -> Tensor<Float> {
        precondition(
            measurement.shape == measurementShape,
            "A gray picture of \(measurementShape) was expected, not \(measurement.shape)")
        let weights = gray.weights
        return measurement.withUnsafeBuffer { gray in
            Tensor(shape: imageShape) { pixels in
                for i in pixels.indices {
                    pixels.initializeElement(at: i, to: weights[i % 3] * gray[i / 3])
                }
            }
        }
    }

    /// Shows a gray picture in three equal channels.
    ///
    /// - Parameter measurement: Shape `[1, H, W, 1]`.
    /// - Returns: Shape `[1, H, W, 3]`.
    public func picture(of measurement: Tensor<Float>) -> Tensor<Float> {
        measurement.withUnsafeBuffer { gray in
            Tensor(shape: imageShape) { pixels in
                for i in pixels.indices { pixels.initializeElement(at: i, to: gray[i / 3]) }
            }
        }
    }
}

extension Colorization: RecoverableOperator {
    /// None: a denoiser has no opinion on colours of which nothing is seen.
    public func splitting(noise: Double, isSampled: Bool) -> HalfQuadraticSplitting? { nil }

    /// Makes the picture gray, should it have colours.
    public func measurement(shownBy picture: Tensor<Float>) -> Tensor<Float> { apply(to: picture) }

    /// Cuts the gray picture.
    public func part(
        rows: Range<Int>, columns: Range<Int>, of measurement: Tensor<Float>
    ) -> (forwardOperator: any ForwardOperator, values: Tensor<Float>)? {
        (
            Colorization(gray: gray, height: rows.count, width: columns.count),
            measurement.rectangle(rows: rows, columns: columns)
        )
    }

    /// The gray picture itself.
    public func initialEstimate(from measurement: Tensor<Float>, noise: Double) -> Tensor<Float> {
        picture(of: measurement).clampedToPixels
    }

    /// Takes the luma from the measurement and the colours from the sampled picture, smoothed.
    ///
    /// What the luma lacks is added to all channels alike: by the adjoint it would go mostly to
    /// green, and tint every edge. Colours of tokens are drawn nearly one by one, but those of
    /// photographs change slowly: of sixteen photographs of the validation set, whose gray is 21.5 dB, the adjoint
    /// made 21.1 dB, equal channels make 21.4 dB, and colours smoothed over 16 pixels 21.6 dB.
    public func dataConsistent(
        _ pixels: Tensor<Float>, with measurement: Tensor<Float>, noise: Double
    ) -> Tensor<Float> {
        let light = apply(to: pixels)
        let missing = RegularizedInversion.ofSampledPictures(noise: noise)
            .picture(explaining: measurement.subtracting(light), by: self)
        let colours = pixels.subtracting(picture(of: light))
        let smoothing = Blur(
            kernel: Self.colourSmoothing, height: imageShape[1], width: imageShape[2])
        return picture(of: light.adding(apply(to: missing)))
            .adding(smoothing.apply(to: colours)).clampedToPixels
    }

    private static let colourSmoothing = BlurKernel.gaussian(side: 129, deviation: 16)
}

extension Degradation {
    /// Colours are lost.
    public static let colorize = Degradation(
        name: "colorize", summary: "gray (luma)", restoration: "colours", noiseJudgement: .never
    ) { _, height, width, _ in Colorization(height: height, width: width) }
}
