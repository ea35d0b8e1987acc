import Glibc
import TesseraCheckpoint
import TesseraTensor
import Testing
import _TesseraTestSupport

/// A small model of each kind that the schema allows, without weights.
func example(
    _ quantizer: ModelDescription.Quantizer = .dimension, prior: Bool = false
) -> ModelDescription {
    let channels: [ModelDescription.Quantizer: Int] = [
        .dimension: 8, .binary: 32, .factorized: 16,
    ]
    return ModelDescription(
        name: "example", summary: "An example.",
        tokenizer: .init(
            file: .init(name: "tokenizer.safetensors", sha256: String(repeating: "0", count: 64)),
            quantizer: quantizer, latentChannels: channels[quantizer] ?? 0,
            draft: prior ? .init(widths: [16, 32, 96], blocks: [0, 1, 2]) : nil,
            perceptualStages: prior ? 2 : 0),
        prior: prior
            ? .init(
                file: .init(name: "prior.safetensors", sha256: String(repeating: "f", count: 64)),
                layers: 6, width: 256, heads: 8, labels: ["roses", "tulips"]) : nil,
        training: .init(
            data: "photos", licence: "CC0", steps: 10, hardware: "2 cores", command: "make",
            priorSteps: prior ? 20 : nil),
        metrics: ["bench": ["psnr": 28.5, "ssim": 0.75]])
}

@Suite struct ModelFolderTests {
    let levels = Tensor<Float>(shape: [8, 16], elements: (0 ..< 128).map { Float($0 % 16) })

    var weights: SafetensorsWriter {
        var writer = SafetensorsWriter(metadata: ["made": "here"])
        writer.add(Tensor<Float>(shape: [2], elements: [3, 4]), named: "encoder.conv_in.bias")
        return writer
    }

    @Test(arguments: ModelDescription.Quantizer.allCases, [false, true])
    func aDescriptionSurvivesItsFile(quantizer: ModelDescription.Quantizer, prior: Bool) throws {
        let description = example(quantizer, prior: prior)
        let read = try ModelDescription(json: JSONValue(parsing: description.json.indentedText))
        #expect(read == description)
    }

    @Test func aFolderOpensItsWeightsByTheirHashes() throws {
        let temporary = TemporaryFolder()
        let path = temporary.file("model")
        let written = try ModelFolder.write(
            example(.binary, prior: true), tokenizer: weights, prior: weights, to: path)
        let folder = try ModelFolder(path: path)
        #expect(folder.description == written.description)
        #expect(try folder.tokenizerWeights().names == ["encoder.conv_in.bias"])
        #expect(try folder.priorWeights().metadata == ["made": "here"])

        var bytes = temporary.read("model/tokenizer.safetensors")
        bytes[bytes.count - 1] ^= 1
        temporary.write(bytes, as: "model/tokenizer.safetensors")
        let found = bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) }
        let expected = folder.description.tokenizer.file.sha256
        expect(
            "\(path): tokenizer.safetensors has the SHA-256 \(found), but model.json names "
                + "\(expected); copy the folder again"
        ) { () throws(CheckpointError) in _ = try folder.tokenizerWeights() }
    }

    @Test func aFolderWithoutAPriorSaysSo() throws {
        let temporary = TemporaryFolder()
        let path = temporary.file("model")
        let folder = try ModelFolder.write(example(.binary), tokenizer: weights, to: path)
        expect("\(path): the model has no prior, which this job needs; choose a model with a prior")
        { () throws(CheckpointError) in _ = try folder.priorWeights() }
    }

    @Test func binsAreSavedBesideTheOtherWeights() throws {
        let temporary = TemporaryFolder()
        let path = temporary.file("model")
        let empty = try ModelFolder.write(example(), tokenizer: weights, to: path)
        expect("\(path): the tokenizer has no bins yet; compute them with 'tessera fit-bins'") {
            () throws(CheckpointError) in _ = try empty.tokenizerWeights()
        }
        #expect(try empty.tokenizerWeights(allowingMissingBins: true).names.count == 1)

        let doubled = Tensor<Float>(shape: [8, 16], elements: levels.elements.map { 2 * $0 })
        for bins in [levels, doubled] {
            let fitted = try ModelFolder(path: path).save(levels: bins)
            let folder = try ModelFolder(path: path)
            #expect(folder.description == fitted.description)
            #expect(folder.description.metrics.isEmpty)
            let file = try folder.tokenizerWeights()
            #expect(try file.tensor("quantizer.levels", shape: [8, 16]).elements == bins.elements)
            #expect(try file.tensor("encoder.conv_in.bias", shape: [2]).elements == [3, 4])
            #expect(file.metadata == ["made": "here"])
        }
        let names = TemporaryFolder.names(in: path)
        #expect(names == ["model.json", "tokenizer.safetensors"])
    }

    @Test func binsThatWereStoppedHalfWayAreWhole() throws {
        let temporary = TemporaryFolder()
        let path = temporary.file("model")
        _ = try ModelFolder.write(example(), tokenizer: weights, to: path)
        // A folder of this name keeps the second of the four steps from the third.
        let obstacle = "model/tokenizer.safetensors.link"
        temporary.write([], as: obstacle + "/file")
        #expect(throws: CheckpointError.self) {
            try ModelFolder(path: path).save(levels: levels)
        }
        let stopped = try ModelFolder(path: path)
        #expect(stopped.description.tokenizer.file.name == "tokenizer.safetensors.new")
        #expect(
            try stopped.tokenizerWeights().tensor("quantizer.levels", shape: [8, 16]).elements
                == levels.elements)

        try #require(remove(temporary.file(obstacle + "/file")) == 0)
        try #require(remove(temporary.file(obstacle)) == 0)
        let doubled = Tensor<Float>(shape: [8, 16], elements: levels.elements.map { 2 * $0 })
        let completed = try stopped.save(levels: doubled)
        #expect(try ModelFolder(path: path).description == completed.description)
        #expect(
            try completed.tokenizerWeights().tensor("quantizer.levels", shape: [8, 16]).elements
                == doubled.elements)
        #expect(TemporaryFolder.names(in: path) == ["model.json", "tokenizer.safetensors"])
    }

    @Test func aFolderWithoutADescriptionIsNamed() {
        let temporary = TemporaryFolder()
        expect("cannot open '\(temporary.path)/model.json': No such file or directory") {
            () throws(CheckpointError) in _ = try ModelFolder(path: temporary.path)
        }
    }

    @Test func aDescriptionThatIsNotJSONIsNamedWithItsLine() {
        let temporary = TemporaryFolder()
        let path = temporary.write(
            Array("{\n  \"format\": 1,\n  \"format\": 1}".utf8), as: "model.json")
        expect(
            "\(path): line 3, column 3: 'format' comes twice in one object; keep one of the two"
        ) { () throws(CheckpointError) in _ = try ModelFolder(path: temporary.path) }
    }
}

@Suite struct ShippedModelsTests {
    @Test func modelsAreFoundBesideAndAboveTheExecutable() throws {
        let root = TemporaryFolder()
        for name in ["env/a", "package/Checkpoints/a", "package/Checkpoints/b"] {
            let text = example(.binary).json.indentedText
            root.write(Array(text.utf8), as: name + "/model.json")
        }
        for name in ["package/.build/release/tessera", "package/Checkpoints/README.md"] {
            root.write([], as: name)
        }
        let executable = root.file("package/.build/release/tessera")
        let found = ShippedModels(executable: executable, environment: nil)
        #expect(found.names == ["a", "b"])
        #expect(try found.folder("b").path == root.file("package/Checkpoints/b"))
        #expect(try found.folder(root.file("env/a")).path == root.file("env/a"))
        let chosen = ShippedModels(executable: executable, environment: root.file("env"))
        #expect(try chosen.folder("a").path == root.file("env/a"))
        #expect(chosen.names == ["a", "b"])
    }

    @Test func modelsAreFoundWhereTheyAreInstalled() {
        let root = TemporaryFolder()
        root.write([], as: "bin/tessera")
        root.write([], as: "share/tessera/Checkpoints/a/model.json")
        let found = ShippedModels(executable: root.file("bin/tessera"), environment: nil)
        #expect(found.paths == ["a": root.file("bin/../share/tessera/Checkpoints/a")])
    }

    @Test func aNameThatIsNotThereListsThoseThatAre() {
        let root = TemporaryFolder()
        for name in ["b", "a"] { root.write([], as: "Checkpoints/\(name)/model.json") }
        let found = ShippedModels(executable: root.file("tessera"), environment: nil)
        expect("c: no model folder or shipped model is named 'c'; there are a, b") {
            () throws(CheckpointError) in _ = try found.folder("c")
        }
    }

    @Test func theExecutableOfThisProcessIsKnown() {
        #expect(access(ShippedModels.executablePath, X_OK) == 0)
    }
}
