import TesseraCheckpoint
import TesseraDenoiser
import TesseraInverse
import TesseraJSON
import TesseraPacking
import TesseraTensor
import Testing
import _TesseraTestSupport

/// Denoisers of others give what PyTorch gives, for any size.
@Suite struct ForeignDenoiserTests {
    struct Network: CustomTestStringConvertible, Sendable {
        let family: any DenoiserFamily.Type
        let settings: JSONObject

        var testDescription: String { family.kind }

        var file: SafetensorsFile {
            get throws { try SafetensorsFile(path: fixturePath("\(family.kind).safetensors")) }
        }

        func load(_ settings: JSONObject? = nil) throws -> any PixelDenoiser {
            func load<Family: DenoiserFamily>(_ family: Family.Type) throws -> any PixelDenoiser {
                try family.load(
                    try family.settings(
                        of: ModelPart(
                            file: .init(name: "", sha256: ""), kind: family.kind,
                            settings: settings ?? self.settings),
                        as: .denoiser),
                    from: Weights(file), precision: .float32)
            }
            return try load(family)
        }
    }

    static let networks = [
        Network(family: FFDNetFamily.self, settings: ["width": 8, "layers": 3]),
        Network(family: DRUNetFamily.self, settings: ["widths": [8, 12, 16], "blocks": 2]),
    ]

    @Test(arguments: networks)
    func matchesPyTorch(network: Network) throws {
        let file = try network.file
        let noisy = try file.tensor("noisy", shape: [1, 24, 40, 3])
        let deviations = try file.tensor("deviations", shape: [1, 24, 40, 1])
        let output = try network.load().denoised(noisy, deviations: deviations)
        let expected = try file.tensor("output", shape: noisy.shape)
        #expect(relativeDifference(output, expected) < 1e-4)
    }

    /// The finest networks see 9 to 44 pixels far, and a tile of the least size is twice as large.
    @Test(arguments: networks)
    func tilesChangeNothing(network: Network) throws {
        let denoiser = try network.load()
        let noisy = randomTensor([1, 8, 1500, 3], seed: 1)
        let whole = denoiser.denoised(noisy, deviation: 0.1)
        let columns = 400 ..< 900
        let part = denoiser.denoised(
            noisy.rectangle(rows: 0 ..< 8, columns: columns), deviation: 0.1)
        let inside = 100 ..< 400
        #expect(
            relativeDifference(
                part.rectangle(rows: 0 ..< 8, columns: inside),
                whole.rectangle(
                    rows: 0 ..< 8,
                    columns: columns.lowerBound + inside.lowerBound
                        ..< columns.lowerBound + inside.upperBound)) < 1e-5)
    }

    @Test(arguments: networks, [1, 5, 8])
    func anySizeIsDenoised(network: Network, side: Int) throws {
        let noisy = randomTensor([1, side, 2 * side + 1, 3], seed: 2)
        let output = try network.load().denoised(noisy, deviation: 0.1)
        #expect(output.shape == noisy.shape)
        #expect(output.elements.allSatisfy { $0.isFinite })
    }

    static let wrongSettings: [(Int, JSONObject, String)] = [
        (0, ["width": 0, "layers": 3], "denoiser.width"),
        (0, ["width": 8, "layers": 1], "denoiser.layers"),
        (1, ["widths": [8], "blocks": 2], "denoiser.widths"),
        (1, ["widths": [8, 12], "blocks": -1], "denoiser.blocks"),
    ]

    @Test(arguments: wrongSettings)
    func refusesSettingsThatMakeNoNetwork(number: Int, settings: JSONObject, key: String) {
        let fault = #expect(throws: ModelFault.self) { try Self.networks[number].load(settings) }
        #expect(fault?.description.contains(key) == true)
    }

    static let otherSettings: [(Int, JSONObject, String)] = [
        (0, ["width": 8, "layers": 4], "denoiser.layers.2.weight"),
        (1, ["widths": [8, 12, 16], "blocks": 3], "denoiser.encoder.0.2.conv1.weight"),
    ]

    @Test(arguments: otherSettings)
    func refusesWeightsOfAnotherNetwork(number: Int, settings: JSONObject, name: String) {
        let error = #expect(throws: CheckpointError.self) {
            try Self.networks[number].load(settings)
        }
        #expect(error?.description.contains("'\(name)'") == true)
    }
}
