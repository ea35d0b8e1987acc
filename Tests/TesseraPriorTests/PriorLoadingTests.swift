import TesseraCheckpoint
import TesseraJSON
import TesseraPacking
import TesseraPrior
import TesseraTensor
import TesseraTokens
import Testing
import _TesseraTestSupport

@Suite struct PriorLoadingTests {
    private func read(
        _ settings: JSONObject
    ) throws(ModelFault) -> MaskedTransformerFamily.Settings {
        try MaskedTransformerFamily.settings(
            of: ModelPart(
                file: .init(name: "", sha256: ""), kind: MaskedTransformerFamily.kind,
                settings: settings), as: .prior)
    }

    @Test func loadsFromAModelFolder() throws {
        let folder = try ModelFolder(path: tinyModelPath)
        let prior = try MaskedTransformerFamily.load(
            read(folder.part(.prior).settings), vocabulary: [16, 16, 16, 16],
            from: Weights(folder.weights(of: .prior)), precision: .float32)
        #expect(prior.labels == ["roses", "tulips"])
        let grid = TokenGrid(maskedHeight: 2, width: 3, vocabulary: prior.vocabulary)
        let logits = prior.logits(for: grid, at: grid.maskedIndices, condition: .label(1))
        #expect(logits.values.shape == [24 * 16])
    }

    @Test func settingsSurviveTheirObject() throws {
        let settings = MaskedTransformerFamily.Settings(
            layers: 6, width: 256, heads: 8, window: 32, labels: ["roses"])
        #expect(try read(settings.json) == settings)
    }

    @Test(
        arguments: [
            ("layers", 0, "'prior.layers' is 0, but must be from 1 to 256"),
            (
                "heads", 7,
                "'prior.width' is 256, but must be 252, because each of the 7 heads needs a multiple "
                    + "of 4 channels"
            ),
            ("labels", [1], "'prior.labels' is a list, but must be a list of nothing but texts"),
        ] as [(String, JSONValue, String)])
    func everyFaultHasItsSentence(key: String, value: JSONValue, sentence: String) {
        var object = MaskedTransformerFamily.Settings(layers: 6, width: 256, heads: 8).json
        object[key] = value
        expect(sentence) { () throws(ModelFault) in _ = try read(object) }
    }
}
