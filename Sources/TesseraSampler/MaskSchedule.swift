import Glibc

/// How many slots stay masked as sampling goes on.
///
/// A schedule is a function γ from the fraction of steps done, in [0, 1], to the fraction of slots
/// still masked, falling from γ(0) = 1 to γ(1) = 0 (H. Chang, H. Zhang, L. Jiang, C. Liu and
/// W. T. Freeman, "MaskGIT: Masked Generative Image Transformer", CVPR 2022, section 3.3).
public struct MaskSchedule: Sendable {
    /// The name used on the command line and in logs.
    public let name: String

    /// What it does, in a few words for help texts.
    public let summary: String

    private let maskedFraction: @Sendable (_ progress: Double) -> Double

    /// γ(r) = cos(π r / 2): few slots early, many late.
    public static let cosine = MaskSchedule(
        name: "cosine", summary: "few slots early, many late"
    ) { cos(.pi / 2 * $0) }

    /// γ(r) = arccos(r) / (π / 2): fewer still at the start, and most of all in the last steps.
    ///
    /// V. Besnier, M. Chen, D. Hurych, E. Valle and M. Cord, "Halton Scheduler for Masked Generative
    /// Image Transformer", ICLR 2025.
    public static let arccos = MaskSchedule(
        name: "arccos", summary: "fewer still early, most in the last steps"
    ) { acos($0) / (.pi / 2) }

    /// γ(r) = 1 - r: the same number of slots at every step.
    public static let linear = MaskSchedule(
        name: "linear", summary: "the same number at every step"
    ) { 1 - $0 }

    /// γ(r) = 1 - √r: many slots early, few late; one of the convex functions that MaskGIT compares.
    public static let squareRoot = MaskSchedule(
        name: "square-root", summary: "many slots early, few late"
    ) { 1 - $0.squareRoot() }

    /// Every schedule, for a command's list of choices.
    public static let all: [MaskSchedule] = [.cosine, .arccos, .linear, .squareRoot]

    /// Makes a schedule from its equation.
    ///
    /// - Parameters:
    ///   - name: The name used on the command line and in logs.
    ///   - summary: What it does, in a few words.
    ///   - maskedFraction: γ, from the fraction of steps done to the fraction of slots still masked.
    public init(
        name: String, summary: String,
        maskedFraction: @escaping @Sendable (_ progress: Double) -> Double
    ) {
        self.name = name
        self.summary = summary
        self.maskedFraction = maskedFraction
    }

    /// The number of masked slots after each step, from the start to zero.
    ///
    /// MaskGIT rounds γ · n down and then reveals at least one slot at every step. So do we, and we
    /// hold back one for every step to come, so that the counts fall at each step and no step is
    /// empty. More steps than slots leave one slot a step, and fewer steps.
    ///
    /// - Parameters:
    ///   - start: The number of slots masked before the first step, at least 0.
    ///   - stepCount: The number of steps, at least 1.
    /// - Returns: `min(stepCount, start) + 1` counts, strictly falling from `start` to 0.
    public func maskedCounts(from start: Int, stepCount: Int) -> [Int] {
        precondition(stepCount >= 1, "Sampling takes at least 1 step, but got \(stepCount)")
        precondition(start >= 0, "A number of masked slots is not negative, but got \(start)")
        let stepCount = min(stepCount, start)
        var counts = [start]
        for step in stride(from: 1, through: stepCount, by: 1) {
            let fraction = maskedFraction(Double(step) / Double(stepCount))
            let wanted = Int((fraction * Double(start)).rounded(.down))
            counts.append(max(stepCount - step, min(wanted, counts[step - 1] - 1)))
        }
        return counts
    }
}
