import Glibc
import TesseraCheckpoint
import TesseraTensor
import TesseraTokenizer
import Testing
import _TesseraTestSupport

/// Levels that were fitted, written into the folder of their tokenizer.
@Suite struct LevelSavingTests {
    let levels = Tensor<Float>(shape: [8, 16], elements: (0 ..< 128).map { Float($0 % 16) })

    let description = ModelDescription(
        name: "example", summary: "An example.",
        parts: [
            .tokenizer: ModelPart(
                file: .init(name: "tokenizer.safetensors", sha256: ""), kind: ResidualFamily.kind,
                settings: ResidualSettings(quantizer: .dimension, latentChannels: 8).json)
        ],
        training: .init(data: "d", licence: "l", steps: 0, hardware: "h", command: "c"),
        metrics: ["bench": ["psnr": 28.5]])

    var weights: SafetensorsWriter {
        var writer = SafetensorsWriter(metadata: ["made": "here"])
        writer.add(Tensor<Float>(shape: [2], elements: [3, 4]), named: "encoder.conv_in.bias")
        return writer
    }

    @Test func levelsAreSavedBesideTheOtherWeights() throws {
        let temporary = TemporaryFolder()
        let path = temporary.file("model")
        let empty = try ModelFolder.write(description, weights: [.tokenizer: weights], to: path)
        #expect(try empty.weights(of: .tokenizer).names.count == 1)

        let doubled = Tensor<Float>(shape: [8, 16], elements: levels.elements.map { 2 * $0 })
        for levels in [levels, doubled] {
            let fitted = try ModelFolder(path: path).save(levels: levels)
            let folder = try ModelFolder(path: path)
            #expect(folder.description == fitted.description)
            #expect(folder.description.metrics.isEmpty)
            let file = try folder.weights(of: .tokenizer)
            #expect(
                try file.tensor("quantizer.levels", shape: [8, 16]).elements == levels.elements)
            #expect(try file.tensor("encoder.conv_in.bias", shape: [2]).elements == [3, 4])
            #expect(file.metadata == ["made": "here"])
        }
        let names = TemporaryFolder.names(in: path)
        #expect(names == ["model.json", "tokenizer.safetensors"])
    }

    @Test func levelsThatWereStoppedHalfWayAreWhole() throws {
        let temporary = TemporaryFolder()
        let path = temporary.file("model")
        _ = try ModelFolder.write(description, weights: [.tokenizer: weights], to: path)
        // A folder of this name keeps the second of the four steps from the third.
        let obstacle = "model/tokenizer.safetensors.link"
        temporary.write([], as: obstacle + "/file")
        #expect(throws: CheckpointError.self) {
            try ModelFolder(path: path).save(levels: levels)
        }
        let stopped = try ModelFolder(path: path)
        #expect(try stopped.part(.tokenizer).file.name == "tokenizer.safetensors.new")
        #expect(
            try stopped.weights(of: .tokenizer).tensor("quantizer.levels", shape: [8, 16]).elements
                == levels.elements)

        try #require(remove(temporary.file(obstacle + "/file")) == 0)
        try #require(remove(temporary.file(obstacle)) == 0)
        let doubled = Tensor<Float>(shape: [8, 16], elements: levels.elements.map { 2 * $0 })
        let completed = try stopped.save(levels: doubled)
        #expect(try ModelFolder(path: path).description == completed.description)
        #expect(
            try completed.weights(of: .tokenizer).tensor("quantizer.levels", shape: [8, 16])
                .elements
                == doubled.elements)
        #expect(TemporaryFolder.names(in: path) == ["model.json", "tokenizer.safetensors"])
    }
}
