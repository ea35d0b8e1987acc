import TesseraCheckpoint
import TesseraDenoiser
import TesseraInverse
import TesseraPacking
import TesseraTensor
import Testing
import _TesseraTestSupport

/// The U-shaped denoiser gives what PyTorch gives, for any size and any tiles.
@Suite struct ResidualUNetTests {
    static let settings = ResidualUNetFamily.Settings(
        widths: [8, 12, 16], encoderBlocks: [1, 1, 1], decoderBlocks: [1, 1])

    let file: SafetensorsFile
    let network: ResidualUNet

    init() throws {
        file = try SafetensorsFile(path: fixturePath("denoiser.safetensors"))
        network = try ResidualUNet(Self.settings, from: Weights(file))
    }

    @Test func matchesPyTorch() throws {
        let noisy = try file.tensor("noisy", shape: [1, 24, 40, 3])
        let deviations = try file.tensor("deviations", shape: [1, 24, 40, 1])
        let output = network.denoised(noisy, deviations: deviations)
        let expected = try file.tensor("output", shape: noisy.shape)
        #expect(relativeDifference(output, expected) < 1e-4)
    }

    @Test(arguments: [(200, 312), (331, 187)])
    func tilesChangeNothing(height: Int, width: Int) {
        let noisy = randomTensor([1, height, width, 3], seed: 1)
        var tiled = network
        tiled.tileSide = 8
        // Kernels work on blocks that begin elsewhere in a tile, so that sums are ordered otherwise.
        #expect(
            relativeDifference(
                tiled.denoised(noisy, deviation: 0.1), network.denoised(noisy, deviation: 0.1))
                < 1e-5)
    }

    @Test(arguments: [(1, 1), (7, 9), (8, 8), (17, 3)])
    func anySizeIsDenoised(height: Int, width: Int) {
        let noisy = randomTensor([1, height, width, 3], seed: 2)
        let output = network.denoised(noisy, deviation: 0.1)
        #expect(output.shape == noisy.shape)
        #expect(output.elements.allSatisfy { $0.isFinite })
    }

    @Test func theLevelOfTheNoiseMatters() {
        let noisy = randomTensor([1, 16, 16, 3], seed: 3)
        #expect(
            relativeDifference(
                network.denoised(noisy, deviation: 0.5), network.denoised(noisy, deviation: 0.1))
                > 0.01)
    }

    @Test func refusesAFileThatLacksAStage() throws {
        var deeper = Self.settings
        deeper.encoderBlocks[1] = 2
        let error = #expect(throws: CheckpointError.self) {
            try ResidualUNet(deeper, from: Weights(file))
        }
        #expect(error?.description.contains("'denoiser.encoder.1.1.conv1.weight'") == true)
    }
}
