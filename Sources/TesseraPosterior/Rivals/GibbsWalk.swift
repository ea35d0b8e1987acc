import Glibc
import TesseraTensor
import TesseraTokens

/// A Metropolis walk of z by Π κ(z_l | x_l) · exp(-m L(z) / 2σ²).
struct GibbsWalk {
    /// Where the walk is.
    private(set) var z: TokenGrid

    /// L(z), once it was decoded.
    private(set) var loss: Double?

    /// The loss of each picture that was decoded.
    private(set) var losses: [Double] = []

    private let x: TokenGrid
    private let free: [Int]
    private let isFree: [Bool]
    private let corruption: Double
    private let random: RandomSource

    /// Stands where a walk begins.
    ///
    /// - Parameters:
    ///   - z: Where it begins.
    ///   - loss: L of it, if it is known.
    ///   - x: The tokens around which κ draws.
    ///   - free: The flat indices that may change.
    ///   - corruption: β, in [0, 1].
    ///   - random: The source of every random choice.
    init(
        z: TokenGrid, loss: Double?, x: TokenGrid, free: [Int], corruption: Double,
        random: RandomSource
    ) {
        self.z = z
        self.loss = loss
        self.x = x
        self.free = free
        self.corruption = corruption
        self.random = random
        var isFree = [Bool](repeating: false, count: z.codes.count)
        for index in free { isFree[index] = true }
        self.isFree = isFree
    }

    /// Walks until as many pictures were decoded as the configuration allows.
    mutating func run(_ problem: PosteriorProblem, _ configuration: SplitGibbsConfiguration) {
        func decoded(_ grid: TokenGrid) -> Double {
            problem.value(of: configuration.loss, at: problem.model.codeSpace.embed(grid.codes))
        }
        let variance = configuration.noiseStandardDeviation * configuration.noiseStandardDeviation
        let scale = Double(problem.measurement.values.count) / (2 * variance)
        for number in 0 ..< configuration.proposalCount {
            guard let old = loss else {
                let first = decoded(z)
                losses.append(first)
                loss = first
                continue
            }
            let (candidate, ratio) =
                configuration.proposesRectangles && number % 2 == 0
                ? rectangle(number) : single(number)
            guard candidate != z else { continue }
            let new = decoded(candidate)
            losses.append(new)
            let uniform = random.uniform(step: number, position: 0, draw: Draw.acceptance)
            if log(Double(uniform)) < ratio + scale * (old - new) { (z, loss) = (candidate, new) }
        }
    }

    /// Another code for one slot, any of them alike; its ratio is that of κ.
    private func single(_ number: Int) -> (candidate: TokenGrid, logRatio: Double) {
        func uniform(_ draw: Int) -> Float { random.uniform(step: number, position: 0, draw: draw) }
        let index = free[Int(uniform(Draw.place) * Float(free.count))]
        let count = z.vocabulary[index % z.slotCount]
        guard count > 1 else { return (z, 0) }
        let shift = 1 + Int(uniform(Draw.code) * Float(count - 1))
        var candidate = z
        candidate[index] = Int32((Int(z[index]) + shift) % count)
        return (candidate, logKernel(candidate[index], at: index) - logKernel(z[index], at: index))
    }

    /// The codes of a rectangle of positions drawn from κ itself, so that only the measurement decides.
    private func rectangle(_ number: Int) -> (candidate: TokenGrid, logRatio: Double) {
        func uniform(_ draw: Int, below count: Int) -> Int {
            Int(random.uniform(step: number, position: 0, draw: draw) * Float(count))
        }
        let height = 1 + uniform(Draw.height, below: z.height)
        let width = 1 + uniform(Draw.width, below: z.width)
        let top = uniform(Draw.top, below: z.height - height + 1)
        let left = uniform(Draw.left, below: z.width - width + 1)
        var candidate = z
        for row in top ..< top + height {
            let first = (row * z.width + left) * z.slotCount
            for index in first ..< first + width * z.slotCount where isFree[index] {
                // One number says whether, another which: of 2²³ parts, β may take few.
                let isDrawn =
                    Double(random.uniform(step: number, position: index, draw: Draw.whether))
                    < corruption
                let count = Float(z.vocabulary[index % z.slotCount])
                candidate[index] =
                    isDrawn
                    ? Int32(random.uniform(step: number, position: index, draw: Draw.which) * count)
                    : x[index]
            }
        }
        return (candidate, 0)
    }

    /// log κ of a code of z given that of x.
    private func logKernel(_ code: Int32, at index: Int) -> Double {
        let drawn = corruption / Double(z.vocabulary[index % z.slotCount])
        return log(max(code == x[index] ? 1 - corruption + drawn : drawn, 1e-300))
    }

    /// The independent random numbers of one proposal.
    private enum Draw {
        static let acceptance = 0
        static let place = 1
        static let code = 2
        static let height = 3
        static let width = 4
        static let top = 5
        static let left = 6
        static let whether = 7
        static let which = 8
    }
}
