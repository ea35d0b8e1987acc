import TesseraTensor
import TesseraTokenizer
import Testing
import _TesseraTestSupport

/// The computed reach is that of the networks: nothing beyond it counts, and something at it does.
@Suite struct ReceptiveFieldTests {
    let networks: TinyNetworks

    init() throws { networks = try TinyNetworks() }

    @Test func shippedNetworksReachAsComputedByHand() {
        let shipped = ConvolutionalArchitecture(
            latentChannels: 8, widths: [32, 64, 128], encoderBlocks: [1, 1, 3],
            decoderBlocks: [1, 2, 5])
        // On paper, a position reads the pixels -68 ... 69 from its own first one, and a pixel reads
        // the positions -16 ... 15 from its own.
        #expect(shipped.encoderReceptiveField == 9)
        #expect(shipped.decoderReceptiveField == 16)
        #expect(shipped.pixelsPerToken == 8)
    }

    /// Adds noise to the rows of a picture from one on.
    private func disturbed(_ x: Tensor<Float>, fromRow row: Int) -> Tensor<Float> {
        let rowCount = x.shape[2] * x.shape[3]
        let noise = randomTensor(x.shape, seed: 9).elements
        let elements = zip(x.elements.indices, x.elements).map { index, value in
            index < row * rowCount ? value : value + 4 * noise[index]
        }
        return Tensor(shape: x.shape, elements: elements)
    }

    /// The first row in which two pictures differ by more than rounding, which blocks of a kernel may
    /// carry a little farther.
    private func firstDifference(_ a: Tensor<Float>, _ b: Tensor<Float>) -> Int? {
        let rounding = 1e-5 * b.elements.reduce(0) { max($0, $1.magnitude) }
        return zip(a.elements, b.elements).enumerated().first { abs($1.0 - $1.1) > rounding }
            .map { $0.offset / (a.shape[2] * a.shape[3]) }
    }

    @Test func encoderReceptiveFieldesAsFarAsComputed() throws {
        let reach = TinyNetworks.architecture.encoderReceptiveField
        let pixels = randomTensor([1, 8 * (2 * reach + 3), 64, 3], seed: 1)
        let before = networks.encoder.encode(pixels)
        let start = reach + 2
        let after = networks.encoder.encode(disturbed(pixels, fromRow: 8 * start))
        // Reach is a whole number of positions, so that some of it may go unused.
        let first = try #require(firstDifference(before, after))
        #expect((start - reach ... start - reach + 1).contains(first))
    }

    @Test func decoderReceptiveFieldesAsFarAsComputed() throws {
        let reach = TinyNetworks.architecture.decoderReceptiveField
        let latent = randomTensor([1, 2 * reach + 3, 6, 8], seed: 1)
        let before = networks.decoder.decode(latent)
        let start = reach + 2
        let after = networks.decoder.decode(disturbed(latent, fromRow: start))
        let first = try #require(firstDifference(before, after))
        #expect((8 * (start - reach) ..< 8 * (start - reach + 1)).contains(first))
    }
}
