import TesseraPacking
import TesseraPrior
import TesseraTensor
import TesseraTokens
import Testing
import _TesseraTestSupport

/// A prior that keeps keys and values from question to question, beside one that does not.
@Suite struct CachedTransformerTests {
    let prior: MaskedTransformer

    init() throws {
        prior = try MaskedTransformer(
            from: Weights(path: fixturePath("prior.safetensors")),
            architecture: MaskedTransformerArchitecture(
                vocabulary: [10, 10, 10, 10], layerCount: 2, width: 32, headCount: 2,
                window: 6, labels: ["roses", "tulips", "weeds"]))
    }

    /// A grid whose first rows are given and whose other ones are masked.
    private func grid(height: Int = 6, width: Int = 6, givenRows: Int = 4) -> TokenGrid {
        let random = RandomSource(seed: 8)
        return TokenGrid(
            height: height, width: width, vocabulary: prior.vocabulary,
            codes: (0 ..< height * width * 4).map {
                $0 < givenRows * width * 4
                    ? Int32(random.uniform(step: 0, position: $0) * 10) : TokenGrid.mask
            })
    }

    private func scores(
        _ predictor: any TokenPredictor, _ grid: TokenGrid, condition: Condition = .none
    ) -> [Float] {
        predictor.logits(for: grid, at: grid.maskedIndices, condition: condition).values.elements
    }

    @Test func anIntervalOfOneIsTheModelItself() {
        #expect(prior.cached(interval: 1) is MaskedTransformer)
    }

    /// The second answer comes from the masked third of the positions alone, the third from all.
    @Test(arguments: [.none, .label(1)] as [Condition])
    func theSameQuestionHasTheSameAnswer(condition: Condition) {
        let grid = grid()
        let cached = prior.cached(interval: 2)
        let exact = scores(prior, grid, condition: condition)
        for _ in 0 ..< 3 { #expect(scores(cached, grid, condition: condition) == exact) }
    }

    @Test func whatHasChangedIsSeenAndTheRestStaysAsItWas() {
        var grid = grid()
        let index = grid.maskedIndices[0]
        let cached = prior.cached(interval: 3)
        let before = scores(cached, grid)
        grid[index] = 3
        let exact = scores(prior, grid)
        let remembered = scores(cached, grid)
        // The first slot is not asked about any more.
        let past = Array(before.dropFirst(10))
        // Not exact, but nearer to what is seen now than to what was seen before.
        #expect(remembered != exact)
        #expect(distance(remembered, exact) < 0.5 * distance(exact, past))
        // The third question is answered from cached too, the fourth finds everything anew.
        #expect(scores(cached, grid) != exact)
        #expect(scores(cached, grid) == exact)
    }

    private func distance(_ a: [Float], _ b: [Float]) -> Float {
        zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) }
    }

    @Test func questionsWithOtherLabelsHaveMemoriesOfTheirOwn() {
        let grid = grid()
        let cached = prior.cached(interval: 9)
        let plain = scores(cached, grid)
        #expect(
            scores(cached, grid, condition: .label(2)) == scores(prior, grid, condition: .label(2)))
        #expect(scores(cached, grid) == plain)
    }

    @Test func windowsThatOverlapAreBlendedAsEver() {
        // Four windows, then more than are remembered.
        for (height, width) in [(8, 8), (14, 14)] {
            let grid = grid(height: height, width: width, givenRows: height - 2)
            let cached = prior.cached(interval: 4)
            let exact = scores(prior, grid)
            for _ in 0 ..< 2 { #expect(scores(cached, grid) == exact) }
        }
    }

    /// Windows that overlap add to the same logits, and must not do so at once.
    @Test func blendedAnswersRepeat() {
        let grid = grid(height: 14, width: 14, givenRows: 0)
        let first = scores(prior, grid)
        #expect((0 ..< 100).allSatisfy { _ in scores(prior, grid) == first })
    }

    @Test func aGridThatIsWhollyMaskedIsFoundAnewEachTime() {
        let grid = grid(givenRows: 0)
        let cached = prior.cached(interval: 9)
        for _ in 0 ..< 2 { #expect(scores(cached, grid) == scores(prior, grid)) }
    }
}
