import TesseraCheckpoint
import TesseraPacking
import TesseraTensor
import TesseraTokenizer
import Testing
import _TesseraTestSupport

/// Encoder, decoder and the decoder's gradient give what PyTorch gives, to the project's 1e-4.
@Suite struct NetworkParityTests {
    let networks: TinyNetworks

    init() throws { networks = try TinyNetworks() }

    @Test func encoderMatches() throws {
        let file = networks.encoderFile
        let latent = networks.encoder.encode(try file.tensor("pixels", shape: [2, 24, 40, 3]))
        #expect(
            relativeDifference(latent, try file.tensor("latent", shape: [2, 3, 5, 8])) < 1e-4)
    }

    @Test func decoderAndItsGradientMatch() throws {
        let file = networks.decoderFile
        let latent = try file.tensor("latent", shape: [2, 2, 3, 8])
        let (pixels, pullback) = networks.decoder.decodeWithPullback(latent)
        let shape = [2, 16, 24, 3]
        #expect(relativeDifference(pixels, try file.tensor("pixels", shape: shape)) < 1e-4)
        #expect(pixels.elements == networks.decoder.decode(latent).elements)
        let gradient = pullback(try file.tensor("gradient", shape: shape))
        #expect(
            relativeDifference(gradient, try file.tensor("pullback", shape: latent.shape)) < 1e-4)
    }

    @Test(arguments: [Precision.float32, .bfloat16])
    func aPictureHasTheSameBitsAloneAndAmongOthers(precision: Precision) {
        let count = 2 * Processor.threadCount + 1
        let pictures = (0 ..< count).map { randomTensor([1, 16, 32, 3], seed: UInt64($0)) }
        let all = Tensor(shape: [count, 16, 32, 3], elements: pictures.flatMap(\.elements))
        let latents = networks.encoder.encode(all, precision: precision)
        let decoded = networks.decoder.decode(latents, precision: precision)
        #expect(latents.shape == [count, 2, 4, 8] && decoded.shape == all.shape)
        for (index, picture) in pictures.enumerated() {
            let latent = networks.encoder.encode(picture, precision: precision)
            #expect(latent.elements == Array(latents.elements[index * 64 ..< (index + 1) * 64]))
            #expect(
                networks.decoder.decode(latent, precision: precision).elements
                    == Array(decoded.elements[index * 1536 ..< (index + 1) * 1536]))
        }
    }

    @Test func bfloat16EncodesNearby() throws {
        let file = networks.encoderFile
        let pixels = try file.tensor("pixels", shape: [2, 24, 40, 3])
        // Seven layers whose factors are off by 2⁻⁹, added up as if they all pulled the same way.
        #expect(
            relativeDifference(
                networks.encoder.encode(pixels, precision: .bfloat16),
                networks.encoder.encode(pixels)) < 0.03)
    }

    @Test func gradientIsTheSlopeOfTheDecoder() throws {
        let latent = randomTensor([1, 3, 4, 8], seed: 1)
        let weights = randomTensor([1, 24, 32, 3], seed: 3)
        let gradient = networks.decoder.decodeWithPullback(latent).pullback(weights)
        // The decoder is piecewise linear, and a small step along the gradient crosses few bends.
        let measured = slope(at: latent, along: gradient, step: 1e-4) {
            innerProduct(networks.decoder.decode($0), weights)
        }
        let expected = innerProduct(gradient, gradient)
        #expect(abs(measured - expected) < 0.01 * expected)
    }

    @Test func guidanceInBfloat16PointsTheSameWay() throws {
        let short = try ConvolutionalDecoder(
            from: Weights(networks.decoderFile), architecture: TinyNetworks.architecture,
            guidancePrecision: .bfloat16)
        let latent = randomTensor([1, 8, 8, 8], seed: 4)
        let weights = randomTensor([1, 64, 64, 3], seed: 5)
        let (pixels, pullback) = short.decodeWithPullback(latent)
        let (exactPixels, exactPullback) = networks.decoder.decodeWithPullback(latent)
        #expect(pixels.elements != exactPixels.elements)
        #expect(relativeDifference(pixels, exactPixels) < 0.03)
        let (a, b) = (pullback(weights), exactPullback(weights))
        let cosine =
            innerProduct(a, b) / (innerProduct(a, a) * innerProduct(b, b)).squareRoot()
        // Within eight degrees, of which most is rectifiers that switch.
        #expect(cosine > 0.99)
        #expect(short.decode(latent).elements == networks.decoder.decode(latent).elements)
    }

    @Test func refusesAFileThatLacksAStage() throws {
        let deeper = ConvolutionalArchitecture(
            latentChannels: 8, widths: [8, 16, 24], encoderBlocks: [1, 2, 1],
            decoderBlocks: [1, 1, 1])
        let error = #expect(throws: CheckpointError.self) {
            try ConvolutionalEncoder(from: Weights(networks.encoderFile), architecture: deeper)
        }
        #expect(error?.description.contains("'encoder.stages.1.blocks.1.conv1.weight'") == true)
    }
}
