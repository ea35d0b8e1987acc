import TesseraJSON
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
                parts: [
                    .tokenizer: ModelPart(
                        file: .init(name: "tokenizer.safetensors", sha256: ""), kind: "toy",
                        settings: [:]),
                    .prior: ModelPart(
                        file: .init(name: "prior.safetensors", sha256: ""), kind: "toy",
                        settings: [:]),
                ],
                training: .init(
                    data: "none", licence: "none", steps: 0, hardware: "none", command: "none"),
                metrics: ["data": ["psnr": 1]]),
            weights: [.tokenizer: tokenizer, .prior: prior], to: place.path + "/large")
    }

    /// What a family might say: quantizers and the encoder's end are kept, kernels have eight bits.
    private func advice(_ role: ModelPart.Role, _ tensor: TensorDescription) -> PackingAdvice {
        if tensor.name.hasPrefix("quantizer.") || tensor.name == "encoder.conv_out.weight" {
            return .keep
        }
        return tensor.name.contains(".blocks.") || role == .prior ? .any : .eightBits
    }

    @Test(arguments: WeightFormats.all.map(\.name))
    func whatIsReadBackIsWhatWasPacked(name: String) throws {
        let format = try #require(WeightFormats.named(name))
        let place = TemporaryFolder()
        let (small, tensors) = try folder(in: place).packed(
            named: "small", formats: [.tokenizer: format], to: place.path + "/small",
            advice: advice)
        #expect(tensors.map(\.name) == [ModelPackingTests.block])
        #expect(small.description.name == "small" && small.description.metrics.isEmpty)
        // Opened anew, hash and all.
        let weights = try Weights(
            try ModelFolder(path: place.path + "/small").weights(of: .tokenizer))
        #expect(
            weights.file.metadata == ["made": "here", "format." + ModelPackingTests.block: name])
        let packed = format.pack(matrix.reshaped(to: [40, 144]))
        #expect(
            try weights.tensor(ModelPackingTests.block, shape: [40, 3, 3, 16]).elements
                == format.unpack(packed, columnCount: 144).elements)
        #expect(
            try weights.rows(ModelPackingTests.block, shape: [40, 3, 3, 16])?.codes.elements
                == format.kernelRows(packed, columnCount: 144)?.codes.elements)
        #expect(try weights.tensor("decoder.bias", shape: [40]).elements == bias.elements)
        #expect(
            try weights.tensor("quantizer.codebooks", shape: [4, 256, 32]).elements
                == codebook.elements)
        // Uniform weights: scales of 1/127, and of at most 16/112 where all groups need it.
        #expect(tensors[0].relativeError < format.errorBound * 1.5)
        #expect(
            Double(tensors[0].byteCount) * 8 / 5760 == format.bitsPerWeight(columnCount: 144))
    }

    @Test func adviceOfEightBitsIsHeeded() throws {
        let place = TemporaryFolder()
        var weights = SafetensorsWriter()
        let names = [
            Self.block, "draft.stages.2.blocks.1.conv2.weight", "decoder.conv_in.weight",
            "decoder.stages.1.up.weight", "encoder.stages.0.blocks.0.conv1.weight",
        ]
        for name in names { weights.add(matrix, named: name) }
        var description = try folder(in: place).description
        description.parts[.prior] = nil
        let large = try ModelFolder.write(
            description, weights: [.tokenizer: weights], to: place.path + "/kernels")
        let (_, tensors) = try large.packed(
            named: "small", formats: [.tokenizer: Int4Format()], to: place.path + "/small",
            advice: advice)
        let small = tensors.filter { $0.byteCount < $0.byteCountBefore / 6 }.map(\.name)
        #expect(Set(small) == Set(names.filter { $0.contains(".blocks.") }))
        #expect(tensors.count == names.count)
    }

    @Test func partsArePackedOnTheirOwn() throws {
        let place = TemporaryFolder()
        let large = try folder(in: place)
        let (small, tensors) = try large.packed(
            named: "small", formats: [.prior: Int8Format()], to: place.path + "/small",
            advice: advice)
        #expect(
            small.description.parts[.tokenizer]?.file.sha256
                == large.description.parts[.tokenizer]?.file.sha256)
        #expect(tensors.map(\.name) == ["slots.0.embedding"], "31 inputs are too few for a scale")
        // What is packed already stays as it is.
        let (again, none) = try small.packed(
            named: "small", formats: [.prior: Int4Format()], to: place.path + "/again",
            advice: advice)
        #expect(none.isEmpty)
        #expect(
            again.description.parts[.prior]?.file.sha256
                == small.description.parts[.prior]?.file.sha256)
    }

    @Test func groupScalesOutsideOfTheirRangeAreRefused() throws {
        let place = TemporaryFolder()
        var writer = SafetensorsWriter(metadata: ["format.w": "int4"])
        writer.add(Tensor<UInt8>(shape: [1, 16], repeating: 0), named: "w")
        writer.add(Tensor<UInt8>(shape: [1, 1], elements: [17]), named: "w.groupScales")
        writer.add(Tensor<Float>(shape: [1], elements: [1]), named: "w.scales")
        let path = place.path + "/w.safetensors"
        try writer.write(to: path)
        let weights = try Weights(path: path)
        #expect(
            throws: CheckpointError.tensor(
                path: path, name: "w.groupScales", .groupScale(index: 0, value: 17))
        ) { try weights.tensor("w", shape: [1, 32]) }
        #expect(throws: CheckpointError.self) { try weights.tensor("w", shape: [1, 33]) }
    }

    /// Files from before formats had names are read by the types of their codes.
    @Test func filesWithoutNamesOfFormatsAreRead() throws {
        let place = TemporaryFolder()
        var writer = SafetensorsWriter()
        writer.add(Tensor<UInt8>(shape: [1, 16], repeating: 0x21), named: "w")
        writer.add(Tensor<UInt8>(shape: [1, 1], elements: [2]), named: "w.multipliers")
        writer.add(Tensor<Float>(shape: [1], elements: [0.5]), named: "w.steps")
        writer.add(Tensor<Int8>(shape: [1, 32], repeating: -3), named: "v")
        writer.add(Tensor<Float>(shape: [1], elements: [0.5]), named: "v.steps")
        let path = place.path + "/w.safetensors"
        try writer.write(to: path)
        let weights = try Weights(path: path)
        #expect(try weights.tensor("w", shape: [1, 32]).elements.prefix(2) == [1, 2])
        #expect(try weights.tensor("v", shape: [1, 32]).elements[0] == -1.5)
        #expect(weights.format(of: "w")?.name == "int4" && weights.format(of: "v")?.name == "int8")
    }

    @Test func aFormatThatIsNotKnownIsNamed() throws {
        let place = TemporaryFolder()
        var writer = SafetensorsWriter(metadata: ["format.w": "int3"])
        writer.add(Tensor<UInt8>(shape: [1, 16], repeating: 0), named: "w")
        let path = place.path + "/w.safetensors"
        try writer.write(to: path)
        let known = WeightFormats.all.map(\.name).joined(separator: ", ")
        expect(
            "\(path): tensor 'w' is packed as 'int3', but this version of tessera knows \(known)"
        ) { () throws(CheckpointError) in _ = try Weights(path: path) }
    }
}

/// What every weight format promises.
@Suite struct WeightFormatTests {
    @Test func namesAndSummariesAreThere() {
        let names = WeightFormats.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(WeightFormats.all.allSatisfy { !$0.summary.isEmpty })
        #expect(
            WeightFormats.all.allSatisfy { $0.parts(of: [2, 64]).count { $0.suffix == "" } == 1 })
    }

    @Test(arguments: WeightFormats.all.map(\.name), [1, 31, 32, 33, 100])
    func noWeightMovesByMoreThanTheBound(name: String, columns: Int) throws {
        let format = try #require(WeightFormats.named(name))
        let weights = randomTensor([7, columns], seed: 5)
        let parts = format.pack(weights)
        #expect(format.fault(in: parts) == nil)
        for (part, description) in zip(parts, format.parts(of: [7, columns])) {
            #expect(
                part.byteCount
                    == description.shape.reduce(description.scalarType.byteCount, *))
        }
        let (before, after) = (
            weights.elements, format.unpack(parts, columnCount: columns).elements
        )
        for row in 0 ..< 7 {
            let range = row * columns ..< (row + 1) * columns
            let largest = before[range].reduce(0) { max($0, abs($1)) }
            for i in range {
                // The bound, and the rounding of a quotient and a product.
                #expect(
                    Double(abs(before[i] - after[i]))
                        <= Double(largest) * format.errorBound * (1 + 1e-5))
            }
        }
    }
}
