/// A way to sample the tokens of a degraded picture that a caller chooses by name.
///
/// A method is a value: what it is called, what it does in a sentence, what suits it, which settings of
/// its own it has, and how it runs. A new one is a file, that of its sampler with such a value, and a
/// line of ``all``.
///
///     let method = RecoveryMethod.splitGibbs
///     let (steps, inner) = method.counts(forBudget: 36)
public struct RecoveryMethod: Sendable {
    /// What suits a method, unless told otherwise.
    public struct Defaults: Hashable, Sendable {
        /// The number of steps at some tens of decodes.
        public var stepCount: Int

        /// How often the prior looks at all positions: at every so many steps.
        ///
        /// Methods whose results were measured not to change for it go without in between; all others
        /// ask at every step for all.
        public var cacheInterval: Int

        /// Whether sampling starts from the tokens of an initial estimate.
        public var startsFromEstimate: Bool

        /// States what suits a method.
        ///
        /// - Parameters:
        ///   - stepCount: The number of steps at some tens of decodes, at least 1.
        ///   - cacheInterval: The prior looks at all positions at every so many steps, at least 1.
        ///   - startsFromEstimate: Whether sampling starts from an initial estimate.
        public init(
            stepCount: Int = 12, cacheInterval: Int = 1, startsFromEstimate: Bool = true
        ) {
            self.stepCount = stepCount
            self.cacheInterval = cacheInterval
            self.startsFromEstimate = startsFromEstimate
        }
    }

    /// The name on the command line, in recipes and in tables.
    public let name: String

    /// What it does, as a part of a sentence for help texts.
    public let summary: String

    /// What a step does several times; `nil` for a method that decodes nothing.
    public let innerNoun: String?

    /// What suits it, unless told otherwise.
    public let defaults: Defaults

    /// The settings of its own, for ablations.
    public let parameters: [MethodParameter]

    private let run: @Sendable (MethodInput) -> any Sequence<PosteriorStep>

    /// Names a method.
    ///
    /// - Parameters:
    ///   - name: The name by which it is chosen.
    ///   - summary: What it does, as a part of a sentence.
    ///   - innerNoun: What a step does several times, or `nil` for a method that decodes nothing and
    ///     knows the measurement by the initial estimate alone.
    ///   - defaults: What suits it.
    ///   - parameters: The settings of its own.
    ///   - run: Makes the steps, each computed when it is asked for.
    public init(
        name: String, summary: String, innerNoun: String?, defaults: Defaults = Defaults(),
        parameters: [MethodParameter] = [],
        run: @escaping @Sendable (MethodInput) -> any Sequence<PosteriorStep>
    ) {
        self.name = name
        self.summary = summary
        self.innerNoun = innerNoun
        self.defaults = defaults
        self.parameters = parameters
        self.run = run
    }

    /// Every method, for a command's list of choices.
    public static let all: [RecoveryMethod] = [
        .anchored, .published, .replacement, .bestOf, .gumbel, .splitGibbs,
    ]

    /// Whether it asks the measurement, by decoding; else it knows the initial estimate alone.
    public var asksMeasurement: Bool { innerNoun != nil }

    /// Begins to sample.
    ///
    /// - Parameter input: What is known, and how to sample.
    /// - Returns: The steps, each computed when it is asked for; leaving the loop cancels.
    /// - Precondition: All settings of the input are parameters of this method.
    public func steps(_ input: MethodInput) -> any Sequence<PosteriorStep> {
        for setting in input.settings.keys {
            precondition(
                parameters.contains { $0.name == setting },
                "The method '\(name)' has no parameter '\(setting)'")
        }
        var input = input
        input.startsFromEstimate = input.startsFromEstimate ?? defaults.startsFromEstimate
        return run(input)
    }

    /// Spends a number of decodes.
    ///
    /// - Parameter decodeCount: The most pictures, or windows of large ones, to decode; at least 1.
    /// - Returns: The numbers of steps and of decodes within each; their product is at most
    ///   `decodeCount`. A method that decodes nothing takes its usual steps.
    public func counts(forBudget decodeCount: Int) -> (steps: Int, inner: Int) {
        precondition(decodeCount >= 1, "A budget is at least 1, but got \(decodeCount)")
        guard asksMeasurement else { return (defaults.stepCount, 0) }
        let inner = max(decodeCount / defaults.stepCount, 1)
        return (decodeCount / inner, inner)
    }
}

extension RecoveryMethod: Hashable {
    /// Whether two methods have one name.
    public static func == (first: RecoveryMethod, second: RecoveryMethod) -> Bool {
        first.name == second.name
    }

    /// Hashes the name.
    ///
    /// - Parameter hasher: What takes it in.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension RecoveryMethod: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}
