import TesseraInverse
import TesseraPosterior
import TesseraSampler
import TesseraTensor
import TesseraTokens
import Testing

@Suite struct AnchoredPosteriorSamplerTests {
    let model = linearModel()
    let random = RandomSource(seed: 7)
    let truth = randomGrid(height: 3, width: 4, vocabulary: [9, 5], seed: 1)

    var masked: TokenGrid { TokenGrid(maskedHeight: 3, width: 4, vocabulary: [9, 5]) }

    /// A picture of which nothing is missing.
    var fullMeasurement: ImageMeasurement {
        let nothing = PixelMask(height: 6, width: 8, rows: 0 ..< 0, columns: 0 ..< 0)
        let whole = Inpainting(mask: nothing)
        return ImageMeasurement(of: whole, values: model.decode(truth, height: 6, width: 8))
    }

    func configuration(
        _ change: (inout PosteriorConfiguration) -> Void = { _ in }
    ) -> PosteriorConfiguration {
        var configuration = PosteriorConfiguration()
        configuration.stepCount = 6
        configuration.innerStepCount = 40
        change(&configuration)
        return configuration
    }

    /// What a run may differ in from the default.
    enum Variant: CaseIterable {
        case standard, publishedStart, gated, fallingPrior, absoluteLoss, fallingRate

        func apply(to configuration: inout PosteriorConfiguration) {
            switch self {
            case .standard: break
            case .publishedStart:
                (configuration.warmStart, configuration.choiceTemperature) = (0, 0)
            case .gated: configuration.usesEntropyGate = true
            case .fallingPrior: configuration.priorWeight = DecayingValue(0.03, decades: 2)
            case .absoluteLoss:
                configuration.loss = MeasurementLoss(squaredWeight: 0, absoluteWeight: 1)
            case .fallingRate: configuration.learningRate.decades = 1
            }
        }
    }

    @Test(arguments: Variant.allCases)
    func findsTheCodesOfAFullMeasurement(variant: Variant) {
        let configuration = configuration { variant.apply(to: &$0) }
        let grid = AnchoredPosteriorSampler(
            filling: masked, using: model, given: fullMeasurement, configuration: configuration,
            random: random
        ).filled()
        #expect(grid == truth)
    }

    @Test func givenTokensSurviveAndCountsFall() {
        var grid = masked
        for index in stride(from: 0, to: 24, by: 5) { grid[index] = truth.codes[index] }
        // A given token that the measurement contradicts.
        grid[5] = (truth.codes[5] + 1) % 5
        var last = grid
        for step in AnchoredPosteriorSampler(
            filling: grid, using: model, given: fullMeasurement, configuration: configuration(),
            random: random)
        {
            for (old, new) in zip(last.codes, step.grid.codes) where old != TokenGrid.mask {
                #expect(old == new)
            }
            #expect(step.grid.maskedIndices.count < last.maskedIndices.count)
            #expect(step.estimate.maskedIndices.isEmpty)
            last = step.grid
        }
        #expect(last.maskedIndices.isEmpty)
    }

    /// What was committed is masked again if slots are remasked; counts follow the schedule all the same.
    @Test(arguments: [0, 0.5, 1] as [Float])
    func committedSlotsAreRemasked(part: Float) {
        var grid = masked
        grid[3] = truth.codes[3]
        let steps = Array(
            AnchoredPosteriorSampler(
                filling: grid, using: model, given: fullMeasurement,
                configuration: configuration { $0.remaskedPart = part }, random: random))
        let counts = MaskSchedule.squareRoot.maskedCounts(from: 23, stepCount: 6)
        #expect(steps.map(\.grid.maskedIndices.count) == Array(counts.dropFirst()))
        let reopened = zip(steps, steps.dropFirst()).reduce(0) { count, pair in
            let committed = Set(0 ..< 24).subtracting(pair.0.grid.maskedIndices)
            return count + committed.intersection(pair.1.grid.maskedIndices).count
        }
        #expect((reopened > 0) == (part > 0))
        #expect(steps.allSatisfy { $0.grid.codes[3] == truth.codes[3] })
        #expect(steps.last?.grid == truth)
    }

    @Test(arguments: [true, false])
    func gradientStepsEndWhereTheNoiseBegins(stops: Bool) {
        let noisy = ImageMeasurement(
            of: fullMeasurement.forwardOperator, values: fullMeasurement.values, noise: 0.2)
        let steps = AnchoredPosteriorSampler(
            filling: masked, using: model, given: noisy,
            configuration: configuration { $0.stopsAtNoise = stops }, random: random)
        for step in steps {
            let isShort = step.losses.count < 40
            #expect(isShort == (stops && step.losses.last! <= 0.2 * 0.2))
            #expect(!stops || step.losses.dropLast().allSatisfy { $0 > 0.2 * 0.2 })
        }
        let decodeCount = steps.reduce(0) { $0 + $1.decodeCount }
        #expect(stops ? decodeCount < 240 : decodeCount == 240)
    }

    /// The left half of the picture is measured wholly.
    @Test(arguments: [(6, 3), (5, 2), (2, 1)])
    func whatIsMeasuredWhollyIsUnmaskedInTheFirstHalf(stepCount: Int, firstCount: Int) {
        let weights = (0 ..< 12).map { $0 % 4 < 2 ? Float(0.99) : 0.3 }
        let isLeft = (0 ..< 24).map { $0 / 2 % 4 < 2 }
        let steps = Array(
            AnchoredPosteriorSampler(
                filling: masked, using: model, given: fullMeasurement,
                initialEstimate: InitialEstimate(grid: truth, weights: weights),
                configuration: configuration { ($0.stepCount, $0.innerStepCount) = (stepCount, 1) },
                random: random))
        #expect(steps.count == stepCount)
        for (number, step) in steps.enumerated() {
            let open = Set(step.grid.maskedIndices.map { isLeft[$0] })
            #expect(open.contains(true) == (number + 1 < firstCount))
            #expect(open.contains(false) == (number + 1 < stepCount))
            if number < firstCount {
                #expect(step.grid.maskedIndices.count { !isLeft[$0] } == 12)
            }
        }
    }

    /// An initial estimate of one weight everywhere makes no difference between slots: all are
    /// unmasked by one schedule, that of holes or that of what is measured wholly.
    @Test(
        arguments: [(nil, .squareRoot), (0.3, .squareRoot), (0.99, .cosine)]
            as [(Float?, MaskSchedule)])
    func withoutADifferenceAllSlotsAreCandidatesAtOnce(
        weight: Float?, schedule: MaskSchedule
    ) throws {
        let first = try #require(
            AnchoredPosteriorSampler(
                filling: masked, using: model, given: fullMeasurement,
                initialEstimate: weight.map {
                    InitialEstimate(grid: truth, weights: [Float](repeating: $0, count: 12))
                },
                configuration: configuration { $0.stepCount = 2 }, random: random
            ).first { _ in true })
        let counts = schedule.maskedCounts(from: 24, stepCount: 2)
        #expect(first.grid.maskedIndices.count == counts[1])
        #expect(first.stepCount == 2)
    }

    @Test func theLossFallsAndSoDoesTheResidual() throws {
        let sampler = AnchoredPosteriorSampler(
            filling: masked, using: model, given: fullMeasurement, configuration: configuration(),
            random: random)
        let steps = Array(sampler)
        let first = try #require(steps.first?.losses.first)
        let last = try #require(steps.last?.losses.last)
        #expect(last < 0.01 * first)
        let picture = model.decode(sampler.filled(), height: 6, width: 8)
        let residual = fullMeasurement.forwardOperator.residual(
            of: picture, given: fullMeasurement.values)
        #expect(residual < 1e-6)
    }

    @Test func aPictureThatIsNoWholeNumberOfPositionsUsesItsPart() {
        let operation = SuperResolution(factor: 1, height: 5, width: 7)
        let measurement = ImageMeasurement(
            of: operation, values: model.decode(truth, height: 5, width: 7))
        let grid = AnchoredPosteriorSampler(
            filling: masked, using: model, given: measurement, configuration: configuration(),
            random: random
        ).filled()
        let picture = model.decode(grid, height: 5, width: 7)
        #expect(operation.residual(of: picture, given: measurement.values) < 1e-6)
    }

    @Test func onlyTheChoiceOfSlotsDependsOnTheSeed() {
        func grids(choiceTemperature: Float, seed: UInt64) -> [TokenGrid] {
            AnchoredPosteriorSampler(
                filling: masked, using: model, given: fullMeasurement,
                configuration: configuration {
                    $0.innerStepCount = 3
                    $0.choiceTemperature = choiceTemperature
                }, random: RandomSource(seed: seed)
            ).map(\.grid)
        }
        #expect(grids(choiceTemperature: 4.5, seed: 1) == grids(choiceTemperature: 4.5, seed: 1))
        #expect(grids(choiceTemperature: 4.5, seed: 1) != grids(choiceTemperature: 4.5, seed: 2))
        #expect(grids(choiceTemperature: 0, seed: 1) == grids(choiceTemperature: 0, seed: 2))
    }

    @Test func anEstimateIsKeptWhereTheMeasurementIsSilent() {
        let nothing = Inpainting(
            mask: PixelMask(height: 6, width: 8, rows: 0 ..< 6, columns: 0 ..< 8))
        let measurement = ImageMeasurement(
            of: nothing, values: Tensor(shape: nothing.measurementShape, repeating: 0))
        let grid = AnchoredPosteriorSampler(
            filling: masked, using: model, given: measurement,
            initialEstimate: InitialEstimate(grid: truth, sharpness: 4),
            configuration: configuration(),
            random: random
        ).filled()
        #expect(grid == truth)
    }

    @Test func aFullGridHasNoSteps() {
        let sampler = AnchoredPosteriorSampler(
            filling: truth, using: model, given: fullMeasurement, random: random)
        #expect(sampler.map(\.number) == [])
        #expect(sampler.filled() == truth)
    }
}
