import TesseraCheckpoint
import TesseraPacking
import TesseraPrior
import TesseraTensor
import TesseraTokens
import Testing
import _TesseraTestSupport

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A tiny prior of two layers, four slots of ten codes and three labels, with seeded weights.
@Suite struct MaskedTransformerTests {
    let file: SafetensorsFile

    init() throws { file = try SafetensorsFile(path: fixturePath("prior.safetensors")) }

    private func prior(window: Int) throws -> MaskedTransformer {
        try MaskedTransformer(
            from: Weights(file),
            architecture: MaskedTransformerArchitecture(
                vocabulary: [10, 10, 10, 10], layerCount: 2, width: 32, headCount: 2,
                window: window, labels: ["roses", "tulips", "weeds"]))
    }

    private func randomGrid(height: Int, width: Int, seed: UInt64) -> TokenGrid {
        let random = RandomSource(seed: seed)
        let codes = (0 ..< height * width * 4).map { index in
            Int32(random.uniform(step: 0, position: index) * 20) - 10
        }
        return TokenGrid(
            height: height, width: width, vocabulary: [10, 10, 10, 10],
            codes: codes.map { max($0, TokenGrid.mask) })
    }

    private func logSoftmax(_ logits: Tensor<Float>) -> Tensor<Float> {
        let probabilities = softmax(logits)
        return Tensor(
            shape: logits.shape, elements: probabilities.elements.map { Float(log(Double($0))) })
    }

    /// What PyTorch gives for the masked slots of the fixture's grid.
    private func expectedLogits(_ name: String, at indices: [Int]) throws -> Tensor<Float> {
        let all = try file.tensor(name, shape: [35, 4, 10]).elements
        return Tensor(
            shape: [indices.count * 10],
            elements: indices.flatMap { all[$0 * 10 ..< ($0 + 1) * 10] })
    }

    @Test(
        arguments: [("logits.none", .none), ("logits.label1", .label(1))] as [(String, Condition)])
    func logitsMatchPyTorch(name: String, condition: Condition) throws {
        let codes = try file.tensor("codes", shape: [5, 7, 4], of: Int32.self).elements
        let grid = TokenGrid(height: 5, width: 7, vocabulary: [10, 10, 10, 10], codes: codes)
        let indices = grid.maskedIndices
        let logits = try prior(window: 7).logits(for: grid, at: indices, condition: condition)
            .values
        // The project's tolerance for parity.
        #expect(relativeDifference(logits, try expectedLogits(name, at: indices)) < 1e-4)
    }

    /// The larger grid has 400 windows, more than go through the layers together.
    @Test(arguments: [(9, 6), (41, 41)])
    func askingForFewSlotsGivesTheSameScores(height: Int, width: Int) throws {
        let prior = try prior(window: 4)
        let grid = randomGrid(height: height, width: width, seed: 2)
        let indices = grid.maskedIndices
        let all = prior.logits(for: grid, at: indices, condition: .none).values.elements
        let some = stride(from: 1, to: indices.count, by: indices.count / 13).map { $0 }
        let few = prior.logits(for: grid, at: some.map { indices[$0] }, condition: .none).values
        let expected = Tensor<Float>(
            shape: [some.count * 10], elements: some.flatMap { all[$0 * 10 ..< ($0 + 1) * 10] })
        // Rows of a product do not depend on how many there are, beyond the order of sums.
        #expect(relativeDifference(few, expected) < 1e-5)
    }

    @Test func aGridOfOneWindowIsNotBlended() throws {
        let grid = randomGrid(height: 4, width: 7, seed: 3)
        let indices = grid.maskedIndices
        let exact = try prior(window: 7).logits(for: grid, at: indices, condition: .label(2))
        let roomy = try prior(window: 16).logits(for: grid, at: indices, condition: .label(2))
        #expect(exact.values.elements == roomy.values.elements)
    }

    @Test func windowsAreBlendedByTheirWeights() throws {
        // Rows 0 ... 5 under a window of 4: windows begin at rows 0 and 2. Row 2 is the third of the
        // first window, of weight 2, and the first of the second, of weight 1.
        let prior = try prior(window: 4)
        let grid = randomGrid(height: 6, width: 3, seed: 4)
        for (row, weights) in [(0, [1, 0]), (2, [2, 1]), (3, [1, 2]), (5, [0, 1])]
            as [(Int, [Float])]
        {
            let index = try #require(
                grid.maskedIndices.first { $0 / (3 * 4) == row })
            let blended = prior.logits(for: grid, at: [index], condition: .none).values.elements
            var expected = [Float](repeating: 0, count: 10)
            for (start, weight) in zip([0, 2], weights) where weight > 0 {
                let window = grid.window(
                    PositionRectangle(top: start, left: 0, height: 4, width: 3))
                let single = logSoftmax(
                    prior.logits(for: window, at: [index - start * 3 * 4], condition: .none).values
                        .reshaped(to: [1, 10]))
                for (code, score) in single.elements.enumerated() {
                    expected[code] += weight / weights.reduce(0, +) * score
                }
            }
            // Exponentials and logarithms in single precision.
            #expect(
                relativeDifference(
                    Tensor(shape: [10], elements: blended), Tensor(shape: [10], elements: expected))
                    < 1e-4)
        }
    }

    @Test func everyMaskedSlotOfALargeGridIsScored() throws {
        let prior = try prior(window: 4)
        for (height, width) in [(5, 4), (11, 13), (4, 21)] {
            let grid = TokenGrid(maskedHeight: height, width: width, vocabulary: prior.vocabulary)
            let logits = prior.logits(for: grid, at: grid.maskedIndices, condition: .none)
            #expect(logits.layout.indices == grid.maskedIndices)
            // Log-probabilities of ten codes that are blended: none is 0, and the sum of the
            // probabilities of a geometric mean is at most 1.
            let elements = logits.values.elements
            for row in 0 ..< height * width * 4 {
                let scores = elements[row * 10 ..< (row + 1) * 10]
                #expect(scores.allSatisfy { $0 < 0 && $0.isFinite })
                #expect(scores.reduce(0) { $0 + Float(exp(Double($1))) } < 1.0001)
            }
        }
    }

    @Test func labelsChangeScores() throws {
        let prior = try prior(window: 16)
        #expect(prior.labels == ["roses", "tulips", "weeds"])
        let grid = randomGrid(height: 3, width: 3, seed: 5)
        let conditions: [Condition] = [.none, .label(0), .label(1), .label(2)]
        let scores = conditions.map {
            prior.logits(for: grid, at: grid.maskedIndices, condition: $0).values.elements
        }
        #expect(Set(scores).count == 4)
    }

    @Test func nothingAskedForIsNothing() throws {
        let grid = randomGrid(height: 3, width: 3, seed: 6)
        #expect(try prior(window: 16).logits(for: grid, at: [], condition: .none).values.count == 0)
    }

    @Test func refusesWeightsOfAnotherVocabulary() {
        let error = #expect(throws: CheckpointError.self) {
            try MaskedTransformer(
                from: Weights(file),
                architecture: MaskedTransformerArchitecture(
                    vocabulary: [10, 11, 10, 10], layerCount: 2, width: 32, headCount: 2,
                    window: 16, labels: ["roses", "tulips", "weeds"]))
        }
        #expect(error?.description.contains("'slots.1.embedding'") == true)
    }
}
