import TesseraCheckpoint
import TesseraPacking
import TesseraTensor
import TesseraTokenizer
import TesseraTokens
import Testing
import _TesseraTestSupport

/// Tokenizers from model folders, each kind with its tables.
@Suite struct LoadingTests {
    let networks: TinyNetworks
    let tables: SafetensorsFile
    let folder = TemporaryFolder()

    init() throws {
        networks = try TinyNetworks()
        tables = try SafetensorsFile(path: fixturePath("quantizers.safetensors"))
    }

    /// Writes a folder of the tiny networks and some tables.
    private func model(
        _ quantizer: ResidualSettings.Quantizer, vocabulary: [Int], tables names: [String] = [],
        hasDraft: Bool = false, perceptualStages: Int = 0
    ) throws -> ModelFolder {
        var weights = SafetensorsWriter()
        for file in [networks.encoderFile, networks.decoderFile] {
            for name in file.names where name.contains(".") { try weights.copy(name, from: file) }
        }
        for name in names { try weights.copy(name, from: tables) }
        var others = hasDraft ? [(name: "draft.", parts: [""])] : []
        if perceptualStages > 0 {
            let stages = (0 ..< perceptualStages).map { "stages.\($0)." }
            others.append((name: "perceptual.", parts: stages + ["conv_out."]))
        }
        for other in others {
            // The decoder, or parts of it, again, with other biases at its end.
            for tensor in networks.decoderFile.tensors where tensor.name.contains(".") {
                let name = tensor.name.dropFirst("decoder.".count)
                guard other.parts.contains(where: name.hasPrefix) else { continue }
                var values = try networks.decoderFile.tensor(tensor.name, shape: tensor.shape)
                if name == "conv_out.bias" { values = raised(values) }
                weights.add(values, named: other.name + name)
            }
        }
        let description = ModelDescription(
            name: "tiny", summary: "Seeded weights.",
            parts: [
                .tokenizer: ModelPart(
                    file: .init(name: "tokenizer.safetensors", sha256: ""),
                    kind: ResidualFamily.kind,
                    settings: ResidualSettings(
                        quantizer: quantizer, latentChannels: 8, vocabulary: vocabulary,
                        widths: [8, 16, 24], encoderBlocks: [1, 1, 1], decoderBlocks: [1, 1, 1],
                        draft: hasDraft ? .init(widths: [8, 16, 24], blocks: [1, 1, 1]) : nil,
                        perceptualStages: perceptualStages
                    ).json)
            ],
            training: .init(
                data: "none", licence: "none", steps: 0, hardware: "none", command: "none"))
        return try ModelFolder.write(
            description, weights: [.tokenizer: weights], to: folder.path)
    }

    private func load(
        _ folder: ModelFolder, isGuidedByDraft: Bool = false, objective: DecodingObjective? = nil
    ) throws -> ConvolutionalTokenizer {
        var options = TokenizerOptions()
        options.isGuidedByDraft = isGuidedByDraft
        options.objective = objective
        return try ConvolutionalTokenizer(
            settings(of: folder), from: Weights(folder.weights(of: .tokenizer)), options)
    }

    private func encoder(of folder: ModelFolder) throws -> ConvolutionalEncoder {
        try ConvolutionalEncoder(
            settings(of: folder), from: Weights(folder.weights(of: .tokenizer)))
    }

    private func settings(of folder: ModelFolder) throws -> ResidualSettings {
        try ResidualFamily.settings(of: folder.part(.tokenizer), as: .tokenizer)
    }

    @Test func aDimensionwiseTokenizerTakesItsLevels() throws {
        let folder = try model(
            .dimension, vocabulary: [256, 256, 256, 256], tables: ["quantizer.levels"])
        let tokenizer = try load(folder)
        #expect(tokenizer.codeSpace.vocabulary == [256, 256, 256, 256])
        let pixels = randomTensor([1, 16, 24, 3], seed: 1)
        let grid = tokenizer.encode(pixels)
        let latent = networks.encoder.encode(pixels).reshaped(to: [6, 8])
        #expect(grid.codes == tokenizer.codeSpace.quantize(latent))
        let levels = try tables.tensor("quantizer.levels", shape: [8, 16])
        #expect((tokenizer.codeSpace as? DimensionCodeSpace)?.levels.elements == levels.elements)
    }

    @Test func levelsThatAreNotFittedAreAnErrorThatNamesTheRemedy() throws {
        let folder = try model(.dimension, vocabulary: [256, 256, 256, 256])
        let error = #expect(throws: CheckpointError.self) {
            try load(folder)
        }
        #expect(error?.description.contains("fit-bins") == true)
        // The encoder alone is what computes them.
        let latent = try encoder(of: folder).encode(
            randomTensor([1, 8, 16, 3], seed: 2))
        #expect(latent.shape == [1, 1, 2, 8])
    }

    @Test func fittedLevelsLoad() throws {
        let empty = try model(.dimension, vocabulary: [256, 256, 256, 256])
        let encoder = try self.encoder(of: empty)
        var fitting = LevelFitting(channels: 8)
        for seed in 1 ... 3 {
            fitting.add(encoder.encode(randomTensor([1, 32, 32, 3], seed: UInt64(seed))))
        }
        let levels = fitting.levels(placed: .lloydMax)
        let tokenizer = try load(try empty.save(levels: levels))
        #expect((tokenizer.codeSpace as? DimensionCodeSpace)?.levels.elements == levels.elements)
    }

    @Test func aBinaryTokenizerNeedsNoTables() throws {
        let folder = try model(.binary, vocabulary: [16, 16])
        let tokenizer = try load(folder)
        let pixels = randomTensor([1, 16, 24, 3], seed: 1)
        #expect(tokenizer.encode(pixels) == networks.tokenizer(tileSide: 100).encode(pixels))
    }

    @Test func aDraftDecoderGuidesAndDoesNotDecode() throws {
        let folder = try model(.binary, vocabulary: [16, 16], hasDraft: true)
        let tokenizer = try load(folder, isGuidedByDraft: true)
        let latent = randomTensor([1, 2, 3, 8], seed: 1)
        let pixels = networks.decoder.decode(latent)
        let drafted = tokenizer.guidanceDecoder.decodeWithPullback(latent).pixels
        #expect(relativeDifference(drafted, raised(pixels)) < 1e-5)
        #expect(tokenizer.convolutionalDecoder.decode(latent).elements == pixels.elements)
        let plain = try load(folder)
        #expect(plain.guidanceDecoder.decode(latent).elements == pixels.elements)
    }

    @Test func aDraftDecoderThatIsNotThereIsAnError() throws {
        let folder = try model(.binary, vocabulary: [16, 16])
        let error = #expect(throws: CheckpointError.self) {
            try load(folder, isGuidedByDraft: true)
        }
        #expect(error?.description.contains("no draft decoder") == true)
    }

    @Test(arguments: [1, 3]) func aPerceptualDecoderDecodesAndDoesNotGuide(stages: Int) throws {
        let folder = try model(.binary, vocabulary: [16, 16], perceptualStages: stages)
        let latent = randomTensor([1, 2, 3, 8], seed: 1)
        let pixels = networks.decoder.decode(latent)
        let usual = try load(folder)
        let seen = usual.convolutionalDecoder.decode(latent)
        #expect(relativeDifference(seen, raised(pixels)) < 1e-5)
        #expect(usual.guidanceDecoder.decode(latent).elements == pixels.elements)
        let exact = try load(folder, objective: .psnr)
        #expect(exact.convolutionalDecoder.decode(latent).elements == pixels.elements)
    }

    @Test func aPerceptualDecoderThatIsNotThereIsAnError() throws {
        let folder = try model(.binary, vocabulary: [16, 16])
        let error = #expect(throws: CheckpointError.self) {
            try load(folder, objective: .perceptual)
        }
        #expect(error?.description.contains("no perceptual decoder") == true)
        #expect(try ResidualFamily.traits(of: settings(of: folder)).objective(asked: nil) == .psnr)
    }

    @Test func aFactorizedTokenizerNeedsItsCodebooks() throws {
        let folder = try model(
            .factorized, vocabulary: [256, 256, 256, 256], tables: ["quantizer.codebooks"])
        let error = #expect(throws: CheckpointError.self) {
            try load(folder)
        }
        // The table has four channels a slot, and this latent has two.
        #expect(error?.description.contains("shape [4, 256, 4]") == true)
        #expect(error?.description.contains("[4, 256, 2]") == true)
    }
}

/// The values, each a quarter more.
private func raised(_ tensor: Tensor<Float>) -> Tensor<Float> {
    Tensor(shape: tensor.shape, elements: tensor.elements.map { $0 + 0.25 })
}
