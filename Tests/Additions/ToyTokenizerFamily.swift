public import TesseraCheckpoint
public import TesseraJSON
public import TesseraPacking
import TesseraTensor
public import TesseraTokens

/// Tokenizers that know the mean colour of each square of 8 x 8 pixels, and nothing else.
public enum ToyTokenizerFamily: TokenizerFamily {
    /// What `model.json` says of such a tokenizer.
    public struct Settings: Hashable, Sendable {
        /// The number of colours.
        public var colourCount: Int
    }

    /// The name of the family in `model.json`.
    public static let kind = "toy"

    /// Reads settings.
    public static func settings(_ object: inout StrictObject) throws(ObjectFault) -> Settings {
        Settings(colourCount: try object.count("colours", in: 2 ... 65536))
    }

    /// What a network of the family is like, before it is loaded.
    public static func traits(of settings: Settings) -> TokenizerTraits {
        TokenizerTraits(
            quantizer: "vector", pixelsPerToken: MeanColourDecoder.side, latentChannels: 3,
            vocabulary: [settings.colourCount])
    }

    /// Loads a palette.
    public static func load(
        _ settings: Settings, from weights: Weights, _ options: TokenizerOptions
    ) throws(CheckpointError) -> any VisualTokenizer {
        do { _ = try traits(of: settings).objective(asked: options.objective) } catch {
            throw .model(path: weights.folder, error)
        }
        guard !options.isGuidedByDraft else { throw .model(path: weights.folder, .noDraft) }
        let palette = try weights.tensor("palette", shape: [settings.colourCount, 3])
        return MeanColourTokenizer(codeSpace: VectorCodeSpace(codebook: palette))
    }

    /// Keeps the palette: it is the only tensor.
    public static func packing(
        of tensor: TensorDescription, _ settings: Settings
    ) -> PackingAdvice {
        .keep
    }
}

/// A tokenizer whose latents are mean colours.
struct MeanColourTokenizer: VisualTokenizer {
    let codeSpace: any CodeSpace
    var pixelDecoder: any LatentDecoder { MeanColourDecoder() }
    var guidanceDecoder: any LatentDecoder { MeanColourDecoder() }
    var tiling: Tiling { .exact(halo: 0) }

    func encode<Failure: Error>(
        height: Int, width: Int,
        reading pixels: (PixelRectangle) throws(Failure) -> Tensor<Float>
    ) throws(Failure) -> TokenGrid {
        let side = MeanColourDecoder.side
        let (rows, columns) = ((height + side - 1) / side, (width + side - 1) / side)
        let whole = try pixels(PixelRectangle(height: height, width: width))
            .repeatingEdges(toHeight: rows * side, width: columns * side)
        var means = MeanColourDecoder().sums(ofSquares: whole)
        means.withUnsafeMutableBuffer { means in
            for index in means.indices { means[index] /= Float(side * side) }
        }
        return TokenGrid(
            height: rows, width: columns, vocabulary: codeSpace.vocabulary,
            codes: codeSpace.quantize(means.reshaped(to: [rows * columns, 3])))
    }

    func decode<Failure: Error>(
        _ grid: TokenGrid, height: Int, width: Int,
        writing write: (PixelRectangle, Tensor<Float>) throws(Failure) -> Void
    ) throws(Failure) {
        let latent = codeSpace.embed(grid.codes).reshaped(to: [1, grid.height, grid.width, 3])
        let whole = PixelRectangle(height: height, width: width)
        var pixels = pixelDecoder.decode(latent).pixels(in: whole)
        pixels.clamp(to: -1 ... 1)
        try write(whole, pixels)
    }
}

/// A decoder that fills squares with their colour.
struct MeanColourDecoder: LatentDecoder {
    static let side = 8
    var pixelsPerToken: Int { Self.side }

    func decode(_ latent: Tensor<Float>) -> Tensor<Float> {
        let (height, width) = (latent.shape[1] * Self.side, latent.shape[2] * Self.side)
        return latent.withUnsafeBuffer { latent in
            Tensor(shape: [1, height, width, 3]) { pixels in
                for index in pixels.indices {
                    pixels.initializeElement(
                        at: index, to: latent[Self.place(index, width: width)])
                }
            }
        }
    }

    func decodeWithPullback(
        _ latent: Tensor<Float>
    ) -> (pixels: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>) {
        (decode(latent), { sums(ofSquares: $0) })
    }

    /// Adds the pixels of each square up: the adjoint of decoding.
    func sums(ofSquares pixels: Tensor<Float>) -> Tensor<Float> {
        let (height, width) = (pixels.shape[1], pixels.shape[2])
        var sums = Tensor<Float>(
            shape: [1, height / Self.side, width / Self.side, 3], repeating: 0)
        sums.withUnsafeMutableBuffer { sums in
            pixels.withUnsafeBuffer { pixels in
                for index in pixels.indices {
                    sums[Self.place(index, width: width)] += pixels[index]
                }
            }
        }
        return sums
    }

    /// Where the colour of a pixel's square stands, by the pixel's place in a picture of a width.
    private static func place(_ index: Int, width: Int) -> Int {
        let (row, column) = (index / (3 * width), index / 3 % width)
        return ((row / side) * (width / side) + column / side) * 3 + index % 3
    }
}
