public import TesseraTensor

/// The operator that stores a picture as a JPEG and reads it again.
///
/// Pixels become luma and two colour differences (JFIF), the differences perhaps means of squares of
/// 2 × 2 pixels, and each block of 8 × 8 values keeps its cosine coefficients as whole numbers of steps:
/// libjpeg's tables and scaling. Nothing else is rounded, so results differ from a codec's by about a
/// level; colour differences are repeated, not interpolated, when they are enlarged again.
///
/// Rounding has no useful derivative, so the gradient goes through it and through the last clamping as if
/// they were not there (straight through).
public struct JPEGCompression: ForwardOperator {
    /// How many colour differences are kept.
    public enum Subsampling: String, CaseIterable, Sendable {
        /// One of each for every pixel (4:4:4).
        case none

        /// One of each for every square of 2 × 2 pixels (4:2:0), as most files have them.
        case half

        /// In another way, of which this operator knows nothing: it takes colours for halved, and moves luma alone.
        case other
    }

    /// The steps of the coefficients.
    public let tables: JPEGTables

    /// How many colour differences are kept.
    public let subsampling: Subsampling

    /// The shape of the picture, `[1, H, W, 3]`.
    public let imageShape: [Int]

    /// Makes the operator for pictures of one size.
    ///
    /// - Parameters:
    ///   - quality: The quality, 1 to 100.
    ///   - subsampling: How many colour differences are kept.
    ///   - height: The height of the picture.
    ///   - width: The width of the picture.
    public init(
        quality: Int, subsampling: Subsampling = .half, height: Int, width: Int
    ) {
        self.init(
            tables: JPEGTables(quality: quality), subsampling: subsampling, height: height,
            width: width)
    }

    /// Makes the operator of a file for pictures of one size.
    ///
    /// - Parameters:
    ///   - tables: The steps of the coefficients.
    ///   - subsampling: How many colour differences are kept.
    ///   - height: The height of the picture.
    ///   - width: The width of the picture.
    public init(tables: JPEGTables, subsampling: Subsampling, height: Int, width: Int) {
        self.tables = tables
        self.subsampling = subsampling
        imageShape = [1, height, width, 3]
    }

    /// The shape of the measurement: that of the picture.
    public var measurementShape: [Int] { imageShape }

    /// Quantizes a picture.
    ///
    /// - Parameter pixels: A picture.
    /// - Returns: What is left, values in [-1, 1].
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> {
        self.pixels(
            of: planes(of: pixels).map { plane in
                plane.mappingCoefficients(with: plane) { coefficient, _, step in
                    (coefficient / step).rounded() * step
                }
            }
        ).clampedToPixels
    }

    /// Passes a gradient straight through the rounding.
    ///
    /// - Parameters:
    ///   - gradient: The gradient with respect to the measurement.
    ///   - pixels: Not read.
    /// - Returns: The gradient with respect to the picture.
    public func pullback(of gradient: Tensor<Float>, at pixels: Tensor<Float>) -> Tensor<Float> {
        guard subsampling != .none else { return gradient }
        // Without rounding the operator is C⁻¹ P C: C makes components, P is the symmetric projection
        // that averages squares.
        let components = gradient.transformingChannels(by: Self.toPixels, isTransposed: true)
        let averaged = subsampled(components, channels: 1 ..< 3)
        return averaged.transformingChannels(by: Self.toComponents, isTransposed: true)
    }

    /// Moves a picture to the nearest one whose coefficients round to those of a measurement.
    ///
    /// A coefficient of the picture that lies in the measured step stays as it is. Of blocks that reach
    /// over an edge the coefficients are not known exactly, but judged by what is inside.
    ///
    /// - Parameters:
    ///   - pixels: A picture.
    ///   - measurement: What a JPEG left of the true picture.
    /// - Returns: The moved picture, clamped to [-1, 1].
    public func projectOntoMeasurement(
        _ pixels: Tensor<Float>, measurement: Tensor<Float>
    ) -> Tensor<Float> {
        let known = subsampling == .other ? 0 ..< 1 : 0 ..< 3
        let pairs = zip(planes(of: pixels), planes(of: measurement))
        let changes = zip(0..., pairs).map { channel, pair in
            let (plane, measured) = pair
            return plane.mappingCoefficients(with: measured) { coefficient, measured, step in
                guard known.contains(channel) else { return 0 }
                let middle = (measured / step).rounded() * step
                return min(max(coefficient, middle - step / 2), middle + step / 2) - coefficient
            }
        }
        return pixels.adding(self.pixels(of: changes)).clampedToPixels
    }

    /// About how far pixels are from the true ones, in units of [-1, 1].
    ///
    /// Half of what uniform errors of the first step in all coefficients would make: most are 0.
    var usualError: Double {
        let step = tables.luminance[0]
        return 0.5 * Double(step) / 127.5 / 12.0.squareRoot()
    }

    /// The three components, in levels of 8 bits around 0.
    private func planes(of pixels: Tensor<Float>) -> [JPEGPlane] {
        precondition(
            pixels.shape == imageShape, "A JPEG of \(imageShape) got pixels of \(pixels.shape)")
        let components = pixels.transformingChannels(by: Self.toComponents, isTransposed: false)
        let (height, width) = (imageShape[1], imageShape[2])
        return (0 ..< 3).map { channel in
            let factor = channel > 0 && subsampling != .none ? 2 : 1
            let reduction = AveragePooling(factor: factor, height: height, width: width)
            let reduced = factor == 1 ? components : reduction.apply(to: components)
            return JPEGPlane(
                height: reduced.shape[1], width: reduced.shape[2],
                values: reduced.withUnsafeBuffer { values in
                    stride(from: channel, to: values.count, by: 3).map { values[$0] * 127.5 }
                },
                steps: channel == 0 ? tables.luminance : tables.chrominance)
        }
    }

    /// The pixels of three components.
    private func pixels(of planes: [JPEGPlane]) -> Tensor<Float> {
        let (height, width) = (imageShape[1], imageShape[2])
        let components = Tensor<Float>(shape: imageShape) { components in
            for (channel, plane) in planes.enumerated() {
                let factor = plane.width == width && plane.height == height ? 1 : 2
                for y in 0 ..< height {
                    let row = y / factor * plane.width
                    for x in 0 ..< width {
                        components.initializeElement(
                            at: (y * width + x) * 3 + channel,
                            to: plane.values[row + x / factor] / 127.5)
                    }
                }
            }
        }
        return components.transformingChannels(by: Self.toPixels, isTransposed: false)
    }

    /// Replaces some channels by the means of squares.
    private func subsampled(_ components: Tensor<Float>, channels: Range<Int>) -> Tensor<Float> {
        let (height, width) = (imageShape[1], imageShape[2])
        let reduced = AveragePooling(factor: 2, height: height, width: width).apply(to: components)
        return reduced.withUnsafeBuffer { reduced in
            components.withUnsafeBuffer { components in
                Tensor(shape: imageShape) { result in
                    for y in 0 ..< height {
                        for x in 0 ..< width {
                            let pixel = (y * width + x) * 3
                            let square = (y / 2 * ((width + 1) / 2) + x / 2) * 3
                            for channel in 0 ..< 3 {
                                result.initializeElement(
                                    at: pixel + channel,
                                    to: channels.contains(channel)
                                        ? reduced[square + channel] : components[pixel + channel])
                            }
                        }
                    }
                }
            }
        }
    }

    /// JFIF's matrix from red, green and blue to luma and two differences.
    private static let toComponents: [Float] = [
        0.299, 0.587, 0.114, -0.168735892, -0.331264108, 0.5, 0.5, -0.418687589, -0.081312411,
    ]

    /// Its inverse.
    private static let toPixels: [Float] = [
        1, 0, 1.402, 1, -0.344136286, -0.714136286, 1, 1.772, 0,
    ]
}

extension Tensor<Float> {
    /// Multiplies the three channels of each pixel by a matrix or its transpose.
    fileprivate func transformingChannels(by matrix: [Float], isTransposed: Bool) -> Tensor {
        let m = isTransposed ? (0 ..< 9).map { matrix[$0 % 3 * 3 + $0 / 3] } : matrix
        return withUnsafeBuffer { source in
            m.withUnsafeBufferPointer { m in
                Tensor(shape: shape) { result in
                    for first in stride(from: 0, to: source.count, by: 3) {
                        let (a, b, c) = (source[first], source[first + 1], source[first + 2])
                        for row in 0 ..< 3 {
                            result.initializeElement(
                                at: first + row,
                                to: m[3 * row] * a + m[3 * row + 1] * b + m[3 * row + 2] * c)
                        }
                    }
                }
            }
        }
    }
}

extension JPEGCompression: RecoverableOperator {
    /// The picture as it was stored, smoothed as far as its coefficients' steps allow.
    public func initialEstimate(from measurement: Tensor<Float>, noise: Double) -> Tensor<Float> {
        let smooth = Denoising(height: imageShape[1], width: imageShape[2])
            .initialEstimate(from: measurement, noise: usualError)
        return projectOntoMeasurement(smooth, measurement: measurement)
    }

    /// Moves pixels towards those stored, as far as their noise allows, and then every coefficient
    /// into its step.
    public func dataConsistent(
        _ pixels: Tensor<Float>, with measurement: Tensor<Float>, noise: Double
    ) -> Tensor<Float> {
        let nearer = Denoising(height: imageShape[1], width: imageShape[2])
            .dataConsistent(pixels, with: measurement, noise: usualError)
        return projectOntoMeasurement(nearer, measurement: measurement)
    }

    /// The denoiser once, told what removes the most of the usual error.
    public func splitting(noise: Double, isSampled: Bool) -> HalfQuadraticSplitting? {
        let deviation = 0.58 * usualError.squareRoot()
        return isSampled
            ? nil
            : HalfQuadraticSplitting(stepCount: 1, from: deviation, to: deviation, weight: 1)
    }

    /// A compression with luma's steps.
    public var trainedDegradation: TrainedDegradation? {
        .compression(meanStep: tables.meanStep)
    }

    /// The measurement.
    public func plainEstimate(from measurement: Tensor<Float>) -> Tensor<Float> { measurement }

    /// The nearest image whose coefficients round to those stored; there is no noise to be weighed.
    public func proximal(
        of image: Tensor<Float>, given measurement: Tensor<Float>, weight: Double
    ) -> Tensor<Float>? { projectOntoMeasurement(image, measurement: measurement) }

    /// Cuts the picture at its blocks.
    ///
    /// Subsampled colour differences have blocks of 16 pixels; a window that starts inside of one takes
    /// them for shifted by half.
    public func part(
        rows: Range<Int>, columns: Range<Int>, of measurement: Tensor<Float>
    ) -> (forwardOperator: any ForwardOperator, values: Tensor<Float>)? {
        (
            JPEGCompression(
                tables: tables, subsampling: subsampling, height: rows.count,
                width: columns.count),
            measurement.rectangle(rows: rows, columns: columns)
        )
    }
}

extension Degradation {
    /// The picture is stored as a JPEG.
    public static let jpeg = Degradation(
        name: "jpeg", summary: "coefficients rounded",
        restoration: "what compression lost (a JPEG says how much that is)",
        accepted: [.quality],
        noiseJudgement: .never
    ) { parameters, height, width, _ in
        guard let file = parameters.file else {
            return JPEGCompression(quality: parameters.quality, height: height, width: width)
        }
        return JPEGCompression(
            tables: file.tables, subsampling: file.subsampling, height: height, width: width)
    }
}
