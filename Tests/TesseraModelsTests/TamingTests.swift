import TesseraCheckpoint
import TesseraModels
import TesseraTensor
import TesseraTokenizer
import TesseraTokens
import Testing
import _TesseraTestSupport

/// A VQGAN of the authors' code, from its own names and shapes to tokens, pixels and gradients.
@Suite struct TamingTests {
    let folder: ModelFolder
    let golden: SafetensorsFile

    init() throws {
        folder = try ModelFolder(path: fixturePath("taming"))
        golden = try SafetensorsFile(path: fixturePath("taming/io.safetensors"))
    }

    /// A picture of the file, `[1, 3, H, W]` there, as `[1, H, W, 3]`.
    private func picture(_ name: String, height: Int, width: Int) throws -> Tensor<Float> {
        let stored = try golden.tensor(name, shape: [1, 3, height, width]).elements
        return Tensor(
            shape: [1, height, width, 3],
            elements: (0 ..< height * width * 3).map { stored[$0 % 3 * height * width + $0 / 3] })
    }

    @Test(arguments: [("", 64, 64), ("_small", 32, 48)])
    func tokensAndPicturesAreThoseOfTheAuthorsCode(
        suffix: String, height: Int, width: Int
    ) throws {
        let tokenizer = try folder.loadTokenizer()
        let grid = tokenizer.encode(try picture("image" + suffix, height: height, width: width))
        let ids = try golden.tensor(
            "ids" + suffix, shape: [1, height / 4, width / 4], of: Int32.self)
        #expect(grid.codes == ids.elements)
        let decoded = tokenizer.decode(grid, height: height, width: width)
        var expected = try picture("decoded" + suffix, height: height, width: width)
        expected.withUnsafeMutableBuffer { pixels in
            for i in pixels.indices { pixels[i] = min(max(pixels[i], -1), 1) }
        }
        // The project's tolerance for parity.
        #expect(relativeDifference(decoded, expected) < 1e-4)
    }

    @Test func anySizeIsEncodedAndDecoded() throws {
        let tokenizer = try folder.loadTokenizer()
        let grid = tokenizer.encode(randomTensor([1, 9, 14, 3], seed: 1))
        #expect(grid.height == 3 && grid.width == 4)
        #expect(tokenizer.decode(grid, height: 9, width: 14).shape == [1, 9, 14, 3])
    }

    @Test func thePullbackIsTheDerivative() throws {
        let decoder = try folder.loadTokenizer().pixelDecoder
        let latent = randomTensor([1, 3, 4, 16], seed: 2)
        let direction = randomTensor([1, 3, 4, 16], seed: 3)
        let (pixels, pullback) = decoder.decodeWithPullback(latent)
        #expect(relativeDifference(pixels, decoder.decode(latent)) < 1e-5)
        let weights = randomTensor(pixels.shape, seed: 4)
        let slope = dot(pullback(weights), direction)
        let step: Float = 1e-2
        let (above, below) = (
            dot(decoder.decode(moved(latent, along: direction, by: step)), weights),
            dot(decoder.decode(moved(latent, along: direction, by: -step)), weights)
        )
        let difference = (above - below) / (2 * Double(step))
        // A central difference of a smooth network, off by the square of the step.
        #expect(abs(slope - difference) < 0.01 * max(abs(slope), 1))
    }

    @Test func whatItHasNotIsAnError() throws {
        var options = TokenizerOptions()
        options.isGuidedByDraft = true
        let draft = options
        expect("\(folder.path): the model has no draft decoder; leave '--draft' out") {
            () throws(CheckpointError) in _ = try folder.loadTokenizer(draft)
        }
        #expect(try folder.tokenizerTraits().vocabulary == [128])
    }

    private func dot(_ x: Tensor<Float>, _ y: Tensor<Float>) -> Double {
        zip(x.elements, y.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    private func moved(
        _ x: Tensor<Float>, along direction: Tensor<Float>, by step: Float
    ) -> Tensor<Float> {
        Tensor(
            shape: x.shape,
            elements: zip(x.elements, direction.elements).map { $0 + step * $1 })
    }
}
