import TesseraPosterior
import TesseraSampler
import TesseraTensor
import TesseraTokens

/// What is known about a picture whose tokens are to be found.
struct RecoveryProblem {
    /// The height of the picture in pixels.
    let height: Int

    /// The width of the picture in pixels.
    let width: Int

    /// The tokens that are given; the masked ones are to be found.
    let start: TokenGrid

    /// The tokens of a rough picture, none masked.
    let rough: TokenGrid

    /// How far each position of the rough picture is trusted.
    let trust: [Float]

    /// What was measured of a rectangle of the picture.
    let measurement: (PixelRectangle) -> ImageMeasurement
}

extension Model {
    /// Finds the tokens of a picture, window by window.
    ///
    /// Each window takes the tokens that its predecessors found as given, so that the windows agree
    /// where they meet; windows without a masked token are passed over.
    ///
    /// - Parameters:
    ///   - problem: What is known.
    ///   - options: How to sample.
    ///   - advance: Told after each step.
    /// - Returns: The grid with no masked slot, and how often a window was decoded.
    func recover(
        _ problem: RecoveryProblem, options: RecoveryOptions,
        advance: (SamplingProgress<TokenGrid>) -> Void
    ) -> (grid: TokenGrid, decodeCount: Int) {
        var grid = problem.start
        var decodeCount = 0
        let windows = RecoveryWindow.covering(height: grid.height, width: grid.width)
            .filter { grid.hasMask(in: $0) }
        for (number, window) in windows.enumerated() {
            let filled = sample(
                window, of: problem, grid: grid, number: number, options: options,
                decodeCount: &decodeCount
            ) { [grid] progress in
                // Windows with few masked slots have fewer steps; they count as much as others.
                let step = progress.step * options.stepCount / progress.stepCount
                advance(
                    progress.map { estimate in
                        var whole = grid
                        whole.keep(estimate, of: window)
                        return problem.rough.replacingCodes(by: whole)
                    }.counted(
                        step: number * options.stepCount + step,
                        of: windows.count * options.stepCount))
            }
            grid.keep(filled, of: window)
        }
        return (grid, decodeCount)
    }

    private func sample(
        _ window: RecoveryWindow, of problem: RecoveryProblem, grid: TokenGrid, number: Int,
        options: RecoveryOptions, decodeCount: inout Int,
        advance: (SamplingProgress<TokenGrid>) -> Void
    ) -> TokenGrid {
        let given = grid.window(window)
        let trust = problem.trust.window(window, of: grid)
        let rough = problem.rough.window(window)
        let random = RandomSource(
            seed: options.seed, key: options.key &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
        let model = tokenModel(
            cacheInterval: options.cacheInterval ?? options.method.defaultCacheInterval)
        guard options.method != .replacement else {
            let configuration = SamplerConfiguration(
                stepCount: options.stepCount, guidanceScale: options.guidanceScale)
            let sampler = ReplacementSampler(
                from: InitialGuess(
                    grid: rough.replacingCodes(by: given),
                    trust: zip(trust, given.givenPositions).map { $1 ? 1 : $0 }),
                using: model.predictor, condition: options.condition, configuration: configuration,
                random: random)
            return sampler.reduce(rough.replacingCodes(by: given)) {
                let step = $1
                advance(
                    SamplingProgress(step: step.number, stepCount: step.stepCount) {
                        rough.replacingCodes(by: step.grid)
                    })
                return step.grid
            }
        }
        let focus = given.focus
        let rectangle = window.part(focus).rectangle(
            side: tokenizer.pixelsPerToken, height: problem.height, width: problem.width)
        let steps = posteriorSteps(
            filling: given.window(focus),
            using: TokenModel(
                predictor: SurroundedPredictor(model.predictor, around: given, window: focus),
                codeSpace: model.codeSpace, decoder: model.decoder),
            given: problem.measurement(rectangle),
            guess: InitialGuess(grid: rough.window(focus), trust: trust.window(focus, of: given)),
            options: options, random: random)
        var filled = given
        for step in steps {
            advance(
                SamplingProgress(step: step.number, stepCount: step.stepCount) {
                    given.replacing(focus, by: step.estimate)
                })
            decodeCount += step.decodeCount
            filled.keep(step.grid, of: focus)
        }
        return filled
    }
}

extension TokenGrid {
    /// The tokens of a window.
    func window(_ window: RecoveryWindow) -> TokenGrid {
        self.window(
            row: window.rows.lowerBound, column: window.columns.lowerBound,
            height: window.rows.count, width: window.columns.count)
    }

    /// Whether a token that would be kept of a window is still masked.
    fileprivate func hasMask(in window: RecoveryWindow) -> Bool {
        window.keptRows.contains { row in
            let first = (row * width + window.keptColumns.lowerBound) * slotCount
            return codes[first ..< first + window.keptColumns.count * slotCount]
                .contains(TokenGrid.mask)
        }
    }

    /// The masked positions and what lies around them: what a measurement's gradient has to decode.
    ///
    /// A decoder sees farther than the margin, but little of it.
    fileprivate var focus: RecoveryWindow {
        let open = givenPositions.enumerated().filter { !$0.element }.map(\.offset)
        func around(_ places: [Int], within extent: Int) -> Range<Int> {
            guard let first = places.min(), let last = places.max() else { return 0 ..< extent }
            let margin = RecoveryWindow.focusMargin
            return max(first - margin, 0) ..< min(last + margin + 1, extent)
        }
        let rows = around(open.map { $0 / width }, within: height)
        let columns = around(open.map { $0 % width }, within: width)
        return RecoveryWindow(
            rows: rows, columns: columns, keptRows: rows, keptColumns: columns)
    }

    /// The same grid with the part that is kept of a window replaced.
    func replacing(_ window: RecoveryWindow, by part: TokenGrid) -> TokenGrid {
        var whole = self
        whole.keep(part, of: window)
        return whole
    }

    /// Takes over what is kept of a window.
    fileprivate mutating func keep(_ part: TokenGrid, of window: RecoveryWindow) {
        for row in window.keptRows {
            for column in window.keptColumns {
                let target = (row * width + column) * slotCount
                let source =
                    ((row - window.rows.lowerBound) * part.width
                        + column - window.columns.lowerBound) * slotCount
                for slot in 0 ..< slotCount { self[target + slot] = part[source + slot] }
            }
        }
    }

    /// The same grid with those codes of another that are not masked.
    fileprivate func replacingCodes(by other: TokenGrid) -> TokenGrid {
        TokenGrid(
            height: height, width: width, vocabulary: vocabulary,
            codes: zip(codes, other.codes).map { $1 == TokenGrid.mask ? $0 : $1 })
    }

    /// Whether no slot of each position is masked.
    fileprivate var givenPositions: [Bool] {
        (0 ..< positionCount).map { position in
            !codes[position * slotCount ..< (position + 1) * slotCount].contains(TokenGrid.mask)
        }
    }
}

extension [Float] {
    /// The numbers of a window's positions, of numbers of all positions of a grid.
    fileprivate func window(_ window: RecoveryWindow, of grid: TokenGrid) -> [Float] {
        window.rows.flatMap { row in
            self[
                row * grid.width + window.columns.lowerBound ..< row * grid.width
                    + window.columns.upperBound]
        }
    }
}
