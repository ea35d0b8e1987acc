public import TesseraCheckpoint
public import TesseraTensor

/// What SqueezeNet v1.1 sees in a picture after three of its eight modules.
///
/// F. Iandola et al., arXiv 1602.07360, in the second version of its authors: 3 x 3 with stride 2, then
/// fire modules 2 to 8, pooled before the second, the fourth and the sixth. The numbers of channels
/// are those of the file.
public struct SqueezeNetFeatures: Sendable {
    /// The modules after which features are taken.
    public static let taps = [3, 5, 8]

    /// The distance in pixels between neighbouring features of each tap.
    public static let spacings = [4, 8, 16]

    /// The smallest side of a picture that has a feature of every tap, in pixels.
    public static let minimumSide = 31

    /// Beyond how many pixels from a feature's place nothing reaches it, in whole multiples of the
    /// widest spacing.
    ///
    /// Three modules at 16, two at 8 and two at 4 look back by 72 pixels; with what pooling reads ahead,
    /// 102 forth from the place, of which 16 lie before the next one.
    static let receptiveField = 96

    /// The means of blue, green and red of the pictures that it was trained on, in 8-bit levels.
    private static let means: [Float] = [104, 117, 123]

    private let first: ConvolutionWeights
    private let modules: [FireModule]

    /// Loads the weights.
    ///
    /// - Parameter file: The tensors of the original release by their names, `conv1.weight` to
    ///   `fire8/expand3x3.bias`, output channels first; others are not read.
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    public init(from file: SafetensorsFile) throws(CheckpointError) {
        let stored = try StoredConvolution(named: "conv1", in: file, inputs: 3, side: 3)
        first = ConvolutionWeights(stored, stride: 2)
        var modules: [FireModule] = []
        for number in 2 ... 8 {
            modules.append(
                try FireModule(
                    named: "fire\(number)", in: file,
                    inputs: modules.last?.outputCount ?? stored.outputs))
        }
        self.modules = modules
    }

    /// The features of a picture, each position's scaled to length 1.
    ///
    /// - Parameter pixels: Shape `[1, H, W, 3]`, values in [-1, 1], H and W at least ``minimumSide``.
    /// - Returns: For each tap, shape `[1, h, w, C]`; zeros where there is nothing to scale.
    public func callAsFunction(_ pixels: Tensor<Float>) -> [Tensor<Float>] {
        precondition(
            pixels.shape.count == 4 && pixels.shape[0] == 1 && pixels.shape[3] == 3
                && min(pixels.shape[1], pixels.shape[2]) >= Self.minimumSide,
            "Features need a picture of at least \(Self.minimumSide) pixels a side, but got "
                + "\(pixels.shape)")
        // The kernel has zeros around its input and the network has not: the first outputs are dropped.
        var x = maximumPool(first(Self.input(pixels)), skipping: 1)
        var features: [Tensor<Float>] = []
        for (number, module) in zip(2..., modules) {
            if number == 4 || number == 6 { x = maximumPool(x) }
            x = module(x)
            if Self.taps.contains(number) { features.append(x.withUnitRows) }
        }
        return features
    }

    /// The distance in pixels between neighbouring features of each part of ``early(_:)``.
    static let earlySpacings = [2, 4]

    /// Beyond how many pixels from a feature's place nothing reaches it in ``early(_:)``: seven, as a
    /// whole multiple of the widest spacing.
    static let earlyReceptiveField = 8

    /// What the first convolution and the first module see in a picture, as it is: texture.
    ///
    /// Unlike in the network as it was trained, a convolution and a pooling go beyond every edge, where
    /// there are zeros, so that features lie at every second and every fourth pixel.
    ///
    /// - Parameter pixels: Shape `[1, H, W, 3]`, values in [-1, 1].
    /// - Returns: Two tensors of shapes `[1, ⌈H / 2⌉, ⌈W / 2⌉, C]` and `[1, ⌈H / 4⌉, ⌈W / 4⌉, C]`,
    ///   0 and above.
    public func early(_ pixels: Tensor<Float>) -> [Tensor<Float>] {
        precondition(
            pixels.shape.count == 4 && pixels.shape[0] == 1 && pixels.shape[3] == 3
                && pixels.count > 0,
            "Features need a picture of shape [1, H, W, 3], but got \(pixels.shape)")
        let convolved = first(
            Self.input(pixels, height: pixels.shape[1], width: pixels.shape[2], margin: 0))
        return [convolved, modules[0](paddedMaximumPool(convolved))]
    }

    /// Blue, green and red around their means, below a row and beside a column of zeros.
    ///
    /// An even size loses its last place, which no output of the network reads.
    private static func input(_ pixels: Tensor<Float>) -> Tensor<Float> {
        input(
            pixels, height: (pixels.shape[1] - 1) / 2 * 2 + 1,
            width: (pixels.shape[2] - 1) / 2 * 2 + 1, margin: 1)
    }

    /// Blue, green and red of a part of a picture around their means, below rows and beside columns of
    /// zeros.
    private static func input(
        _ pixels: Tensor<Float>, height: Int, width: Int, margin: Int
    ) -> Tensor<Float> {
        let sourceWidth = pixels.shape[2]
        return pixels.withUnsafeBuffer { pixels in
            Tensor(shape: [1, height + margin, width + margin, 3]) { input in
                input.initialize(repeating: 0)
                for row in 0 ..< height {
                    for column in 0 ..< width {
                        let source = (row * sourceWidth + column) * 3
                        let target =
                            ((row + margin) * (width + margin) + column + margin) * 3
                        for channel in 0 ..< 3 {
                            input[target + channel] =
                                (pixels[source + 2 - channel] + 1) * 127.5 - means[channel]
                        }
                    }
                }
            }
        }
    }
}

extension Tensor<Float> {
    /// The same rows, each divided by its length.
    fileprivate var withUnitRows: Tensor {
        let channels = shape[3]
        return withUnsafeBuffer { rows in
            Tensor(shape: shape) { units in
                for start in stride(from: 0, to: rows.count, by: channels) {
                    var square: Float = 0
                    for i in start ..< start + channels { square += rows[i] * rows[i] }
                    let scale = 1 / max(square.squareRoot(), 1e-12)
                    for i in start ..< start + channels {
                        units.initializeElement(at: i, to: rows[i] * scale)
                    }
                }
            }
        }
    }
}
