import CTesseraKernels

/// Normalizes groups of neighbouring channels over all positions of an image, then maps each channel
/// by a gain and a bias and, if asked, a SiLU.
///
///     y = activation(gain (x - mean) / √(variance + ε) + bias)
///
/// Y. Wu and K. He, Group Normalization, ECCV 2018. Sums are kept in f32 over a few hundred positions
/// and in f64 beyond, so that they do not depend on the number of threads.
public struct GroupNormalization: Sendable {
    /// The number of groups.
    public let groupCount: Int

    private let gain: Tensor<Float>
    private let bias: Tensor<Float>
    private let epsilon: Float

    /// Positions whose sums one call of the kernel adds up.
    private static let positionsPerPart = 256

    /// Puts a normalization together.
    ///
    /// - Parameters:
    ///   - groupCount: The number of groups, which divides the number of channels.
    ///   - gain: Shape `[C]`.
    ///   - bias: Shape `[C]`.
    ///   - epsilon: What is added to variances, above 0.
    public init(groupCount: Int, gain: Tensor<Float>, bias: Tensor<Float>, epsilon: Float = 1e-6) {
        precondition(
            gain.shape.count == 1 && gain.shape == bias.shape && groupCount > 0
                && gain.count % groupCount == 0,
            "A normalization of \(groupCount) groups got a gain of shape \(gain.shape) and a bias "
                + "of shape \(bias.shape)")
        self.groupCount = groupCount
        self.gain = gain
        self.bias = bias
        self.epsilon = epsilon
    }

    /// Normalizes images.
    ///
    /// - Parameters:
    ///   - x: Shape `[N, …, C]`; positions are all axes between.
    ///   - sums: The sums of its channels, if the convolution that made it has them.
    ///   - activation: `none` or `silu`.
    /// - Returns: The shape of `x`.
    public func callAsFunction(
        _ x: Tensor<Float>, sums: ChannelSums? = nil, activation: Activation = .none
    ) -> Tensor<Float> {
        forward(x, sums: sums, activation: activation).output
    }

    /// Normalizes images and keeps what ``pullback(of:trace:residual:)`` needs.
    ///
    /// - Parameters:
    ///   - x: Shape `[N, …, C]`.
    ///   - sums: The sums of its channels, if the convolution that made it has them.
    ///   - activation: `none` or `silu`.
    /// - Returns: The result, and the input with its means and deviations.
    public func forward(
        _ x: Tensor<Float>, sums: ChannelSums? = nil, activation: Activation = .none
    ) -> (output: Tensor<Float>, trace: Trace) {
        let layout = Layout(x, channels: gain.count)
        let images = moments(of: x, layout, sums)
        let output = Tensor<Float>(shape: x.shape) { output in
            map(x.address, to: output.baseAddress, layout, images, activation)
        }
        return (output, Trace(input: x, images: images, activation: activation))
    }

    /// Normalizes images in place, which costs a third less of the memory's time.
    ///
    /// - Parameters:
    ///   - x: Shape `[N, …, C]`.
    ///   - sums: The sums of its channels, if the convolution that made it has them.
    ///   - activation: `none` or `silu`.
    public func normalize(
        _ x: inout Tensor<Float>, sums: ChannelSums? = nil, activation: Activation = .none
    ) {
        let layout = Layout(x, channels: gain.count)
        let images = moments(of: x, layout, sums)
        x.withUnsafeMutableBuffer {
            map(
                UnsafePointer($0.baseAddress), to: $0.baseAddress, layout, images, activation)
        }
    }

    private func moments(
        of x: Tensor<Float>, _ layout: Layout, _ sums: ChannelSums?
    ) -> [Moments] {
        let kernels = Processor.kernels
        let known = sums?.ofImages(layout.images)
        let found =
            known
            ?? layout.sums { range, destination in
                kernels.channelSums(
                    x.address + range.lowerBound * layout.channels, destination, range.count,
                    layout.channels)
            }
        return found.map { moments(of: $0, positions: layout.positions) }
    }

    private func map(
        _ source: UnsafePointer<Float>?, to destination: UnsafeMutablePointer<Float>?,
        _ layout: Layout, _ images: [Moments], _ activation: Activation
    ) {
        precondition(
            activation == .none || activation == .silu,
            "A group normalization ends with no activation or a SiLU")
        guard let source, let destination else { return }
        let kernels = Processor.kernels
        layout.forEachPart { image, range in
            images[image].withMap(activation) { map in
                kernels.channelMap(
                    map, source + range.lowerBound * layout.channels,
                    destination + range.lowerBound * layout.channels, range.count, layout.channels)
            }
        }
    }

    /// The gradient with respect to the input.
    ///
    /// With h the gradient behind the activation, g the gain, s the inverse deviation and x̂ the
    /// normalized input: s (g h - mean(g h) - x̂ mean(g h x̂)), means over the group.
    ///
    /// - Parameters:
    ///   - gradient: The gradient with respect to the output, in its shape.
    ///   - trace: What ``forward(_:sums:activation:)`` gave for this input.
    ///   - residual: A gradient that reaches the input by another way, and is added. Shape of the input.
    /// - Returns: The shape of the input.
    public func pullback(
        of gradient: Tensor<Float>, trace: Trace, residual: Tensor<Float>? = nil
    ) -> Tensor<Float> {
        precondition(
            gradient.shape == trace.input.shape
                && (residual == nil || residual?.shape == gradient.shape),
            "A pullback to a shape \(trace.input.shape) got a gradient of shape \(gradient.shape) "
                + "and a residual of shape \(residual?.shape ?? [])")
        let x = trace.input
        let layout = Layout(x, channels: gain.count)
        let kernels = Processor.kernels
        let sums = layout.sums { range, destination in
            trace.images[range.lowerBound / layout.positions].withMap(trace.activation) { map in
                let offset = range.lowerBound * layout.channels
                kernels.channelSlopeSums(
                    map, gradient.address + offset, x.address + offset, destination, range.count,
                    layout.channels)
            }
        }
        let coefficients = zip(sums, trace.images).map {
            pullbackCoefficients(sums: $0, of: $1, positions: layout.positions)
        }
        return Tensor(shape: x.shape) { result in
            guard let destination = result.baseAddress else { return }
            layout.forEachPart { image, range in
                trace.images[image].withMap(trace.activation) { map in
                    let offset = range.lowerBound * layout.channels
                    kernels.channelMapPullback(
                        map, gradient.address + offset, x.address + offset, coefficients[image],
                        residual.map { $0.address + offset }, destination + offset, range.count,
                        layout.channels)
                }
            }
        }
    }

    /// What a normalization keeps of an application, for its pullback.
    public struct Trace: Sendable {
        let input: Tensor<Float>
        let images: [Moments]
        let activation: Activation
    }

    /// The mean and the inverse deviation of each group of an image, and the map of each channel.
    struct Moments: Sendable {
        let means: [Double]
        let inverseDeviations: [Double]
        let scale: [Float]
        let shift: [Float]

        func withMap(
            _ activation: Activation, _ body: (UnsafePointer<TesseraChannelMap>) -> Void
        ) {
            scale.withUnsafeBufferPointer { scale in
                shift.withUnsafeBufferPointer { shift in
                    guard let scale = scale.baseAddress, let shift = shift.baseAddress else {
                        return
                    }
                    var map = TesseraChannelMap(
                        scale: scale, shift: shift, activation: activation.code)
                    body(&map)
                }
            }
        }
    }

    private func moments(of sums: [Double], positions: Int) -> Moments {
        let channels = gain.count
        let groupSize = channels / groupCount
        let count = Double(positions * groupSize)
        var means: [Double] = []
        var inverseDeviations: [Double] = []
        for group in 0 ..< groupCount {
            let range = group * groupSize ..< (group + 1) * groupSize
            let mean = range.reduce(0) { $0 + sums[$1] } / count
            let square = range.reduce(0) { $0 + sums[channels + $1] } / count
            means.append(mean)
            inverseDeviations.append(
                1 / (max(square - mean * mean, 0) + Double(epsilon)).squareRoot())
        }
        let (gain, bias) = (gain.elements, bias.elements)
        let scale = (0 ..< channels).map { Double(gain[$0]) * inverseDeviations[$0 / groupSize] }
        return Moments(
            means: means, inverseDeviations: inverseDeviations, scale: scale.map(Float.init),
            shift: (0 ..< channels).map {
                Float(Double(bias[$0]) - means[$0 / groupSize] * scale[$0])
            })
    }

    /// a, b and c of each channel, with which the pullback is a h + b x + c.
    private func pullbackCoefficients(
        sums: [Double], of image: Moments, positions: Int
    ) -> [Float] {
        let channels = gain.count
        let groupSize = channels / groupCount
        let gain = gain.elements
        var coefficients = [Float](repeating: 0, count: 3 * channels)
        for group in 0 ..< groupCount {
            let (mean, inverse) = (image.means[group], image.inverseDeviations[group])
            var (slopes, products) = (0.0, 0.0)
            let range = group * groupSize ..< (group + 1) * groupSize
            for channel in range {
                let weight = Double(gain[channel])
                slopes += weight * sums[channel]
                products += weight * (sums[channels + channel] - mean * sums[channel]) * inverse
            }
            let count = Double(positions * groupSize)
            let linear = -inverse * inverse * products / count
            for channel in range {
                coefficients[channel] = Float(inverse * Double(gain[channel]))
                coefficients[channels + channel] = Float(linear)
                coefficients[2 * channels + channel] =
                    Float(-inverse * slopes / count - mean * linear)
            }
        }
        return coefficients
    }

    /// How images lie in memory, and how the work on them is dealt out.
    private struct Layout {
        let images: Int
        let positions: Int
        let channels: Int

        init(_ x: Tensor<Float>, channels: Int) {
            precondition(
                x.shape.count >= 2 && x.shape.last == channels,
                "A normalization of \(channels) channels got a shape \(x.shape)")
            images = x.shape[0]
            positions = x.shape.dropFirst().dropLast().reduce(1, *)
            self.channels = channels
        }

        private var partsPerImage: Int {
            (positions + positionsPerPart - 1) / positionsPerPart
        }

        /// Runs a closure for ranges of positions, none across two images, on all threads.
        func forEachPart(_ body: (_ image: Int, _ range: Range<Int>) -> Void) {
            ThreadPool.run(count: images * partsPerImage) { part in
                body(part / partsPerImage, range(ofPart: part))
            }
        }

        /// Adds up what a kernel finds in ranges of positions: `[2 * channels]` for each image.
        func sums(_ kernel: (Range<Int>, UnsafeMutablePointer<Float>) -> Void) -> [[Double]] {
            let width = 2 * channels
            let parts = Tensor<Float>(shape: [images * partsPerImage, width]) { parts in
                guard let destination = parts.baseAddress else { return }
                ThreadPool.run(count: images * partsPerImage) { part in
                    kernel(range(ofPart: part), destination + part * width)
                }
            }
            return ChannelSums(parts: parts).ofImages(images)
        }

        private func range(ofPart part: Int) -> Range<Int> {
            let (image, number) = part.quotientAndRemainder(dividingBy: partsPerImage)
            let first = image * positions + number * positionsPerPart
            return first ..< min(first + positionsPerPart, (image + 1) * positions)
        }
    }
}

/// For some positions of images after others, the sum of each channel and then that of its squares.
public struct ChannelSums: Sendable {
    /// Shape `[N * parts, 2 C]`.
    let parts: Tensor<Float>

    /// Adds up the parts of each image: `[2 C]`.
    func ofImages(_ count: Int) -> [[Double]] {
        let (rows, width) = (parts.shape[0] / count, parts.shape[1])
        return parts.withUnsafeBuffer { parts in
            (0 ..< count).map { image in
                var sums = [Double](repeating: 0, count: width)
                for row in image * rows ..< (image + 1) * rows {
                    for column in 0 ..< width {
                        sums[column] += Double(parts[row * width + column])
                    }
                }
                return sums
            }
        }
    }
}
