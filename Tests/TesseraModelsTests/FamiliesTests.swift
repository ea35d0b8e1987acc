import TesseraJSON
import TesseraTokenizer
import TesseraCheckpoint
import TesseraModels
import TesseraPacking
import TesseraTokens
import Testing
import _TesseraTestSupport

/// Models from folders, whatever families their parts are of.
@Suite struct FamiliesTests {
    /// A copy of the tiny model's folder, with its description changed.
    private func copy(
        in folder: TemporaryFolder, _ change: (inout ModelDescription) -> Void = { _ in }
    ) throws -> ModelFolder {
        let whole = try ModelFolder(path: tinyModelPath)
        var description = whole.description
        change(&description)
        var weights: [ModelPart.Role: SafetensorsWriter] = [:]
        for role in description.parts.keys {
            let file = try whole.weights(of: role)
            var writer = SafetensorsWriter()
            for name in file.names { try writer.copy(name, from: file) }
            weights[role] = writer
        }
        return try ModelFolder.write(description, weights: weights, to: folder.path)
    }

    @Test func kindsAreDifferent() {
        let kinds = Families.tokenizers.map { $0.kind } + Families.priors.map { $0.kind }
        #expect(Set(kinds).count == kinds.count)
    }

    @Test func aFolderLoadsWholly() throws {
        let folder = try ModelFolder(path: tinyModelPath)
        try folder.check()
        let traits = try folder.tokenizerTraits()
        let tokenizer = try folder.loadTokenizer()
        #expect(tokenizer.codeSpace.vocabulary == traits.vocabulary)
        #expect(tokenizer.pixelsPerToken == traits.pixelsPerToken)
        #expect(try folder.loadPrior().vocabulary == traits.vocabulary)
    }

    @Test func aModelWithoutAPriorSaysSo() throws {
        let place = TemporaryFolder()
        let folder = try copy(in: place) { $0.parts[.prior] = nil }
        expect(
            "\(place.path): the model has no prior, which this job needs; choose a model with a prior"
        ) { () throws(CheckpointError) in _ = try folder.loadPrior() }
        try folder.check()
    }

    @Test func aKindThatIsNotKnownIsNamed() throws {
        let place = TemporaryFolder()
        let folder = try copy(in: place) { $0.parts[.prior]?.kind = "diffusion" }
        let known = Families.priors.map { $0.kind }.joined(separator: ", ")
        expect(
            "\(place.path): the prior is of the kind 'diffusion', but this version of tessera knows "
                + known
        ) { () throws(CheckpointError) in try folder.check() }
    }

    @Test func aSettingThatIsNotKnownIsRefusedBeforeWeightsAreOpened() throws {
        let place = TemporaryFolder()
        let folder = try copy(in: place) { $0.parts[.tokenizer]?.settings["depth"] = 3 }
        expect(
            "\(place.path)/model.json: 'tokenizer.depth' is unknown; remove it, or use a version of "
                + "tessera that knows it"
        ) { () throws(CheckpointError) in try folder.check() }
    }

    @Test(arguments: WeightFormats.all.map(\.name))
    func aPackedModelLoads(name: String) throws {
        let place = TemporaryFolder()
        let format = try #require(WeightFormats.named(name))
        let (folder, tensors) = try ModelFolder(path: tinyModelPath).packed(
            named: "small", formats: [.tokenizer: format, .prior: format],
            to: place.path + "/small")
        #expect(!tensors.isEmpty)
        let pixels = randomTensor([1, 16, 16, 3], seed: 1)
        #expect(try folder.loadTokenizer().encode(pixels).positionCount == 4)
        #expect(try folder.loadPrior().labels == ["roses", "tulips"])
    }
}

/// The models of the repository.
@Suite struct ShippedFoldersTests {
    @Test func eachIsNamedAsItsFolderAndIsRight() throws {
        let shipped = ShippedModels()
        let own = shipped.names.filter {
            shipped.paths[$0]?.hasSuffix("/Checkpoints/" + $0) ?? false
        }
        #expect(own.count >= 5)
        for name in own {
            let folder = try shipped.folder(name)
            #expect(folder.description.name == name)
            try folder.check()
        }
    }
}
