import TesseraInverse
import TesseraPosterior
import TesseraTensor
import TesseraTokens
import Testing

/// What all methods have in common, run as commands and recipes run them.
@Suite struct MethodLawTests {
    static let measuring = RecoveryMethod.all.filter(\.asksMeasurement)

    let model = linearModel()
    let truth = randomGrid(height: 1, width: 6, vocabulary: [9, 5], seed: 6)
    var masked: TokenGrid { TokenGrid(maskedHeight: 1, width: 6, vocabulary: [9, 5]) }

    /// Everything of a picture, of the size of the grids.
    let whole = SuperResolution(factor: 1, height: 2, width: 12)

    /// Starts from an estimate of random codes that is half believed.
    func input(_ grid: TokenGrid, steps: Int, inner: Int, seed: UInt64 = 1) -> MethodInput {
        var input = MethodInput(
            filling: grid, using: model,
            given: ImageMeasurement(
                of: whole, values: model.decode(truth, height: 2, width: 12)),
            initialEstimate: InitialEstimate(
                grid: randomGrid(height: 1, width: 6, vocabulary: [9, 5], seed: 8),
                weights: [Float](repeating: 0.5, count: 6)),
            random: RandomSource(seed: seed))
        (input.stepCount, input.innerStepCount) = (steps, inner)
        return input
    }

    @Test(arguments: RecoveryMethod.all)
    func theSameSeedGivesTheSameTokens(method: RecoveryMethod) {
        func codes(_ seed: UInt64) -> [[Int32]] {
            method.steps(input(masked, steps: 3, inner: 2, seed: seed)).map(\.grid.codes)
        }
        #expect(codes(1) == codes(1))
        // As published, anchors are settled without chance.
        if method != .published { #expect(codes(1) != codes(2)) }
    }

    @Test(arguments: RecoveryMethod.all)
    func givenTokensSurviveAndDecodesAreCounted(method: RecoveryMethod) throws {
        var grid = masked
        // Given tokens that the measurement contradicts: a position, and a slot of another if the
        // method takes slots one by one.
        for index in [0, 1] + (method.asksMeasurement ? [5] : []) {
            grid[index] = (truth[index] + 1) % 5
        }
        let given = grid.codes.indices.filter { grid[$0] != TokenGrid.mask }
        let steps = Array(method.steps(input(grid, steps: 3, inner: 4)))
        #expect(steps.map(\.number) == [1, 2, 3])
        for step in steps {
            #expect(given.allSatisfy { step.grid[$0] == grid[$0] && step.estimate[$0] == grid[$0] })
            #expect(step.estimate.maskedIndices.isEmpty)
            #expect(step.stepCount == 3)
            if method.asksMeasurement {
                // A proposal of a walk that changes nothing is not decoded.
                #expect(method == .splitGibbs ? step.decodeCount <= 4 : step.decodeCount == 4)
            } else {
                #expect(step.decodeCount == 0)
            }
            #expect(step.losses.allSatisfy { $0 > 0 })
        }
        #expect(try #require(steps.last).grid.maskedIndices.isEmpty)
    }

    @Test(arguments: RecoveryMethod.all)
    func aFullGridHasNoSteps(method: RecoveryMethod) {
        #expect(Array(method.steps(input(truth, steps: 2, inner: 2))).isEmpty)
    }

    @Test(arguments: measuring)
    func theMeasurementIsExplainedBetterThanByChance(method: RecoveryMethod) throws {
        func residual(_ grid: TokenGrid) -> Double {
            whole.residual(
                of: model.decode(grid, height: 2, width: 12),
                given: model.decode(truth, height: 2, width: 12))
        }
        let chance =
            (0 ..< 40).reduce(0.0) {
                $0
                    + residual(
                        randomGrid(height: 1, width: 6, vocabulary: [9, 5], seed: UInt64(20 + $1)))
            } / 40
        let found = try #require(Array(method.steps(input(masked, steps: 6, inner: 60))).last)
        #expect(residual(found.grid) < 0.5 * chance)
    }

    /// Without a measurement to ask, only the initial estimate could tell.
    @Test func replacementDoesNotAskTheMeasurement() {
        let input = MethodInput(
            filling: masked, using: model, given: { preconditionFailure("It asks") }(),
            initialEstimate: InitialEstimate(grid: truth, weights: [Float](repeating: 1, count: 6)),
            random: RandomSource(seed: 1))
        #expect(Array(RecoveryMethod.replacement.steps(input)).isEmpty)
    }

    @Test(arguments: RecoveryMethod.all)
    func everyParameterIsTaken(method: RecoveryMethod) {
        for parameter in method.parameters {
            var input = input(masked, steps: 2, inner: 1)
            input.settings[parameter.name] =
                switch parameter.kind {
                case .number(let least, _): .number(least)
                case .count(let least): .count(least)
                case .flag: .flag(true)
                case .word(let words): .word(words[0])
                }
            #expect(Array(method.steps(input)).count == 2)
        }
    }

    @Test func aSettingChangesTheSteps() {
        func counts(_ schedule: String) -> [Int] {
            var input = input(masked, steps: 4, inner: 1)
            input.settings["schedule"] = .word(schedule)
            return RecoveryMethod.anchored.steps(input).map(\.grid.maskedIndices.count)
        }
        #expect(counts("cosine") != counts("square-root"))
    }
}
