import TesseraCheckpoint
import TesseraPacking
import TesseraTensor
import Testing
import _TesseraTestSupport

@Suite struct ModelPackingTests {
    static let block = "decoder.stages.0.blocks.0.conv1.weight"
    let matrix = randomTensor([40, 3, 3, 16], seed: 1)
    let bias = randomTensor([40], seed: 2)
    let codebook = randomTensor([4, 256, 32], seed: 3)
    let narrow = randomTensor([8, 31], seed: 4)

    func folder(in place: TemporaryFolder) throws -> ModelFolder {
        var tokenizer = SafetensorsWriter(metadata: ["made": "here"])
        tokenizer.add(matrix, named: ModelPackingTests.block)
        tokenizer.add(bias, named: "decoder.bias")
        tokenizer.add(codebook, named: "quantizer.codebooks")
        tokenizer.add(matrix, named: "encoder.conv_out.weight")
        var prior = SafetensorsWriter()
        prior.add(narrow, named: "narrow.weight")
        try prior.addHalf(matrix, named: "slots.0.embedding")
        return try ModelFolder.write(
            ModelDescription(
                name: "large", summary: "A test",
                tokenizer: .init(
                    file: .init(name: "tokenizer.safetensors", sha256: ""), quantizer: .factorized,
                    latentChannels: 16),
                prior: .init(
                    file: .init(name: "prior.safetensors", sha256: ""), layers: 1, width: 8,
                    heads: 1),
                training: .init(
                    data: "none", licence: "none", steps: 0, hardware: "none", command: "none"),
                metrics: ["data": ["psnr": 1]]),
            tokenizer: tokenizer, prior: prior, to: place.path + "/large")
    }

    @Test(arguments: PackedRows.Format.allCases)
    func whatIsReadBackIsWhatWasPacked(format: PackedRows.Format) throws {
        let place = TemporaryFolder()
        let (small, tensors) = try folder(in: place).packed(
            named: "small", tokenizer: format, prior: nil, to: place.path + "/small")
        #expect(tensors.map(\.name) == [ModelPackingTests.block])
        #expect(small.description.name == "small" && small.description.metrics.isEmpty)
        // Opened anew, hash and all.
        let file = try ModelFolder(path: place.path + "/small").tokenizerWeights()
        #expect(file.metadata == ["made": "here"])
        let rows = PackedRows(packing: matrix.reshaped(to: [40, 144]), as: format)
        let read = try #require(
            try file.packedRows(ModelPackingTests.block, shape: [40, 3, 3, 16]))
        #expect(read.codes.elements == rows.codes.elements)
        #expect(
            try file.tensor(ModelPackingTests.block, shape: [40, 3, 3, 16]).elements
                == rows.unpacked.elements)
        #expect(try file.tensor("decoder.bias", shape: [40]).elements == bias.elements)
        #expect(
            try file.tensor("quantizer.codebooks", shape: [4, 256, 32]).elements
                == codebook.elements)
        // Uniform weights: steps of 1/127, and of at most 16/112 where all groups need it.
        #expect(tensors[0].relativeError < (format == .int8 ? 0.005 : 0.1))
        #expect(tensors[0].byteCount < tensors[0].byteCountBefore / (format == .int8 ? 3 : 6))
    }

    @Test func onlyResidualBlocksOfDecodersHaveFourBits() throws {
        let place = TemporaryFolder()
        var weights = SafetensorsWriter()
        let names = [
            Self.block, "draft.stages.2.blocks.1.conv2.weight", "decoder.conv_in.weight",
            "decoder.stages.1.up.weight", "encoder.stages.0.blocks.0.conv1.weight",
        ]
        for name in names { weights.add(matrix, named: name) }
        var description = try folder(in: place).description
        description.prior = nil
        let large = try ModelFolder.write(
            description, tokenizer: weights, to: place.path + "/kernels")
        let (_, tensors) = try large.packed(
            named: "small", tokenizer: .int4, prior: nil, to: place.path + "/small")
        let small = tensors.filter { $0.byteCount < $0.byteCountBefore / 6 }.map(\.name)
        #expect(Set(small) == Set(names.prefix(2)) && tensors.count == names.count)
    }

    @Test func partsArePackedOnTheirOwn() throws {
        let place = TemporaryFolder()
        let large = try folder(in: place)
        let (small, tensors) = try large.packed(
            named: "small", tokenizer: nil, prior: .int8, to: place.path + "/small")
        #expect(
            small.description.tokenizer.file.sha256 == large.description.tokenizer.file.sha256)
        #expect(tensors.map(\.name) == ["slots.0.embedding"], "31 inputs are too few for a step")
        // What is packed already stays as it is.
        let (again, none) = try small.packed(
            named: "small", tokenizer: nil, prior: .int4, to: place.path + "/again")
        #expect(none.isEmpty)
        #expect(again.description.prior?.file.sha256 == small.description.prior?.file.sha256)
    }

    @Test func multipliersOutsideOfTheirRangeAreRefused() throws {
        let place = TemporaryFolder()
        var writer = SafetensorsWriter()
        writer.add(Tensor<UInt8>(shape: [1, 16], repeating: 0), named: "w")
        writer.add(Tensor<UInt8>(shape: [1, 1], elements: [17]), named: "w.multipliers")
        writer.add(Tensor<Float>(shape: [1], elements: [1]), named: "w.steps")
        let path = place.path + "/w.safetensors"
        try writer.write(to: path)
        let file = try SafetensorsFile(path: path)
        #expect(
            throws: CheckpointError.tensor(
                path: path, name: "w.multipliers", .multiplier(index: 0, value: 17))
        ) { try file.tensor("w", shape: [1, 32]) }
        #expect(throws: CheckpointError.self) { try file.tensor("w", shape: [1, 33]) }
    }
}
