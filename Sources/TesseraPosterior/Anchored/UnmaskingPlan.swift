import TesseraSampler
import TesseraTokens

/// How many slots each step unmasks, and among which.
///
/// What the measurement shows wholly, such as the surroundings of a hole in a noisy picture, is unmasked
/// in the first half of the steps, and the rest then given that. All at once, slots deep in the hole
/// would be committed before there is anything around them: on 24 photographs of the validation set with a hole of
/// 64 × 64 pixels and noise of 0.05 two halves gain 0.5 dB.
struct UnmaskingPlan {
    /// A step.
    struct Step {
        /// The flat indices of the slots that it chooses from, if they are masked still.
        let group: Set<Int>

        /// How many it unmasks.
        let count: Int

        /// Its number among the steps of its group, from 1.
        let step: Int

        /// The number of steps of its group.
        let stepCount: Int
    }

    /// The steps; after the last no slot is masked.
    let steps: [Step]

    /// Plans the steps.
    ///
    /// - Parameters:
    ///   - grid: The tokens to start from.
    ///   - initialEstimate: What tells which positions are measured wholly, if there is one.
    ///   - schedule: How many slots of a group stay masked as its steps go on.
    ///   - measuredSchedule: The same, where all positions are measured wholly.
    ///   - stepCount: The number of steps, at least 1; there are fewer if fewer slots are masked.
    init(
        for grid: TokenGrid, initialEstimate: InitialEstimate?, schedule: MaskSchedule,
        measuredSchedule: MaskSchedule, stepCount: Int
    ) {
        let masked = grid.maskedIndices
        let isMeasured = initialEstimate?.isMeasured
        let seen = masked.filter { isMeasured?[$0 / grid.slotCount] ?? false }
        guard stepCount > 1, !seen.isEmpty, seen.count < masked.count else {
            steps = Self.steps(
                of: masked, schedule: seen.isEmpty ? schedule : measuredSchedule,
                stepCount: stepCount)
            return
        }
        let unseen = Set(masked).subtracting(seen)
        steps =
            Self.steps(of: seen, schedule: schedule, stepCount: stepCount / 2)
            + Self.steps(of: unseen, schedule: schedule, stepCount: stepCount - stepCount / 2)
    }

    private static func steps(
        of group: some Collection<Int>, schedule: MaskSchedule, stepCount: Int
    ) -> [Step] {
        let counts = schedule.maskedCounts(from: group.count, stepCount: stepCount)
        let group = Set(group)
        return zip(counts, counts.dropFirst()).enumerated().map { number, counts in
            Step(
                group: group, count: counts.0 - counts.1, step: number + 1,
                stepCount: min(stepCount, group.count))
        }
    }
}
