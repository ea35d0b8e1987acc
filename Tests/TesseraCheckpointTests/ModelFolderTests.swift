import TesseraJSON
import TesseraFiles
import Glibc
import TesseraCheckpoint
import TesseraTensor
import Testing
import _TesseraTestSupport

/// A small model without weights.
func example(prior: Bool = false) -> ModelDescription {
    var description = ModelDescription(
        name: "example", summary: "An example.",
        parts: [
            .tokenizer: ModelPart(
                file: .init(
                    name: "tokenizer.safetensors", sha256: String(repeating: "0", count: 64)),
                kind: "toy", settings: ["sides": [2, 3], "draft": ["name": "small"]])
        ],
        training: .init(
            data: "photos", licence: "CC0", steps: 10, hardware: "2 cores", command: "make",
            priorSteps: prior ? 20 : nil),
        metrics: ["bench": ["psnr": 28.5, "ssim": 0.75]])
    if prior {
        description.parts[.prior] = ModelPart(
            file: .init(name: "prior.safetensors", sha256: String(repeating: "f", count: 64)),
            kind: "toy-prior", settings: ["labels": ["roses", "tulips"]])
    }
    return description
}

@Suite struct ModelFolderTests {
    var weights: SafetensorsWriter {
        var writer = SafetensorsWriter(metadata: ["made": "here"])
        writer.add(Tensor<Float>(shape: [2], elements: [3, 4]), named: "encoder.conv_in.bias")
        return writer
    }

    @Test(arguments: [false, true]) func aDescriptionSurvivesItsFile(prior: Bool) throws {
        let description = example(prior: prior)
        let read = try ModelDescription(json: JSONValue(parsing: description.json.indentedText))
        #expect(read == description)
    }

    @Test func aFolderOpensItsWeightsByTheirHashes() throws {
        let temporary = TemporaryFolder()
        let path = temporary.file("model")
        let written = try ModelFolder.write(
            example(prior: true), weights: [.tokenizer: weights, .prior: weights], to: path)
        let folder = try ModelFolder(path: path)
        #expect(folder.description == written.description)
        #expect(try folder.weights(of: .tokenizer).names == ["encoder.conv_in.bias"])
        #expect(try folder.weights(of: .prior).metadata == ["made": "here"])

        var bytes = temporary.read("model/tokenizer.safetensors")
        bytes[bytes.count - 1] ^= 1
        temporary.write(bytes, as: "model/tokenizer.safetensors")
        let found = bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) }
        let expected = try folder.part(.tokenizer).file.sha256
        expect(
            "\(path): tokenizer.safetensors has the SHA-256 \(found), but model.json names "
                + "\(expected); copy the folder again"
        ) { () throws(CheckpointError) in _ = try folder.weights(of: .tokenizer) }
    }

    @Test func aFolderWithoutAPriorSaysSo() throws {
        let temporary = TemporaryFolder()
        let path = temporary.file("model")
        let folder = try ModelFolder.write(
            example(), weights: [.tokenizer: weights], to: path)
        expect("\(path): the model has no prior, which this job needs; choose a model with a prior")
        { () throws(CheckpointError) in _ = try folder.weights(of: .prior) }
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
            let text = example().json.indentedText
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
