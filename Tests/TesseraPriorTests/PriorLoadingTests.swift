import TesseraCheckpoint
import TesseraPrior
import TesseraTensor
import TesseraTokens
import Testing
import _TesseraTestSupport

@Suite struct PriorLoadingTests {
    @Test func loadsFromAModelFolder() throws {
        let prior = try MaskedTransformer(from: try ModelFolder(path: tinyModelPath))
        #expect(prior.labels == ["roses", "tulips"])
        #expect(prior.architecture.window == 8)
        let grid = TokenGrid(maskedHeight: 2, width: 3, vocabulary: prior.vocabulary)
        let logits = prior.logits(for: grid, at: grid.maskedIndices, condition: .label(1))
        #expect(logits.values.shape == [24 * 16])
    }

    @Test func aModelWithoutAPriorSaysSo() throws {
        let whole = try ModelFolder(path: tinyModelPath)
        var description = whole.description
        description.prior = nil
        description.training.priorSteps = nil
        var weights = SafetensorsWriter()
        let file = try whole.tokenizerWeights()
        for name in file.names { try weights.copy(name, from: file) }
        let folder = TemporaryFolder()
        let model = try ModelFolder.write(description, tokenizer: weights, to: folder.path)
        let error = #expect(throws: CheckpointError.self) { try MaskedTransformer(from: model) }
        #expect(error?.description.contains("has no prior") == true)
    }
}
