import TesseraCheckpoint

/// A method with its settings: one line of an experiment's table.
public struct ExperimentVariant: Hashable, Sendable {
    /// The name of the line in plots: what the recipe calls the method.
    public let series: String

    /// How pictures are recovered.
    public let method: Trial.Method

    /// The number of steps; 0 for methods that do not sample.
    public let stepCount: Int

    /// The number of decodes within a step.
    public let innerStepCount: Int

    /// Whether sampling starts from a rough picture; `nil` for the method's own habit.
    public let usesGuess: Bool?

    /// The name in tables, which tells variants of a series apart.
    public var name: String {
        guard stepCount > 0 else { return series }
        return innerStepCount > 0
            ? "\(series) \(stepCount)x\(innerStepCount)" : "\(series) \(stepCount)"
    }

    /// The decodes of a picture that is one window; Gibbs walks may need fewer.
    public var decodeCount: Int { stepCount * innerStepCount }

    private static let keys = ["method", "label", "budget", "steps", "innerSteps", "guess"]

    /// Reads a method of a recipe: every combination of its lists.
    ///
    /// - Parameters:
    ///   - object: The keys and values of the method.
    ///   - budgets: The budgets of methods that set nothing themselves.
    /// - Returns: The variants, in the order of the lists.
    /// - Throws: ``RecipeFault`` that names the key.
    static func all(
        _ object: JSONObject, budgets: [Int]
    ) throws(RecipeFault) -> [ExperimentVariant] {
        let reader = try RecipeObject(object, path: "methods.", keys: keys)
        guard let name = try reader.text("method") else { throw .missingKey("methods.method") }
        let method: Trial.Method = try reader.word(name, of: "method")
        let series = try reader.text("label") ?? name
        let guess = try reader.flag("guess")
        let own = try reader.counts("budget", atLeast: 1)
        let steps = try reader.counts("steps", atLeast: 1)
        let inner = try reader.counts("innerSteps", atLeast: 0)
        if own != nil && (steps != nil || inner != nil) {
            throw .budgetAndSteps(key: "methods")
        }
        func variant(_ stepCount: Int, _ innerStepCount: Int) -> ExperimentVariant {
            ExperimentVariant(
                series: series, method: method, stepCount: stepCount,
                innerStepCount: innerStepCount, usesGuess: guess)
        }
        guard let sampling = method.sampling else { return [variant(0, 0)] }
        guard sampling.innerNoun != nil else {
            let usual = sampling.counts(forBudget: RecoveryOptions.usualBudget).steps
            return (steps ?? [usual]).map { variant($0, 0) }
        }
        if steps == nil && inner == nil {
            return (own ?? budgets).map {
                let counts = sampling.counts(forBudget: $0)
                return variant(counts.steps, counts.inner)
            }
        }
        let usual = sampling.counts(forBudget: RecoveryOptions.usualBudget)
        return (steps ?? [usual.steps]).flatMap { steps in
            (inner ?? [usual.inner]).map { variant(steps, $0) }
        }
    }
}
