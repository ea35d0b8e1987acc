import TesseraTensor
import TesseraTokens
import Testing
import _TesseraTestSupport

@Suite struct PreconditionTests {
    /// What a caller can get wrong.
    enum Fault: String, CaseIterable, Codable {
        case tooFewCodes, codeBeyondVocabulary, changedBeyondVocabulary, windowOutside, tooFewLogits
        case emptyRectangle, embeddingWithoutTokens

        var sentence: String {
            switch self {
            case .tooFewCodes: "A grid of 2 x 2 x 1 codes got 3"
            case .codeBeyondVocabulary: "Code 4 is outside the vocabulary of slot 0"
            case .changedBeyondVocabulary: "Code 5 is outside the vocabulary of slot 0"
            case .windowOutside: "A window must lie inside its grid"
            case .tooFewLogits: "Slots with 8 codes in all got 7 logits"
            case .emptyRectangle:
                "A rectangle has a place and a size inside its image, but got 0 x 4 pixels"
            case .embeddingWithoutTokens: "but got [3] and [2]"
            }
        }

        func commit() {
            let grid = TokenGrid(maskedHeight: 2, width: 2, vocabulary: [4])
            switch self {
            case .tooFewCodes:
                _ = TokenGrid(height: 2, width: 2, vocabulary: [4], codes: [0, 1, 2])
            case .codeBeyondVocabulary:
                _ = TokenGrid(height: 1, width: 1, vocabulary: [4], codes: [4])
            case .changedBeyondVocabulary:
                var grid = grid
                grid[3] = 5
            case .windowOutside:
                _ = grid.window(
                    PositionRectangle(rows: 1 ..< 3, columns: 0 ..< 2))
            case .tooFewLogits:
                _ = Logits(
                    at: [0, 1], vocabulary: [4], values: Tensor(shape: [7], repeating: 0))
            case .emptyRectangle: _ = PixelRectangle(top: 0, left: 0, height: 4, width: 0)
            case .embeddingWithoutTokens:
                _ = TextEmbedding(
                    tokens: Tensor(shape: [3], repeating: 0),
                    pooled: Tensor(shape: [2], repeating: 0))
            }
        }
    }

    @Test(arguments: Fault.allCases)
    func aFaultStopsWithASentence(_ fault: Fault) async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [fault] in
            fault.commit()
        }
        expectSentence(fault.sentence, of: result)
    }
}
