import TesseraPosterior

extension RecoveryOptions {
    /// How tokens are sampled.
    public enum Method: String, CaseIterable, Sendable {
        /// Anchored posterior sampling: the measurement steers every step.
        case anchored = "aps"

        /// Anchored posterior sampling as it was published: no start, no term of the prior, no noise.
        case published = "aps-published"

        /// Replacement sampling: the prior alone fills in around what was measured.
        case replacement

        /// The best of n continuations at each step (SVDD-PM).
        case bestOf = "best-of-n"

        /// Gradients through Gumbel noise, and masks anywhere (G2D2).
        case gumbel = "g2d2"

        /// By turns from the prior and by the likelihood (SGDD).
        case splitGibbs = "sgdd"

        /// What a step does several times; `nil` for replacement sampling, which does nothing.
        public var innerNoun: String? {
            switch self {
            case .anchored, .published, .gumbel: "gradient steps"
            case .bestOf: "candidates"
            case .splitGibbs: "proposals"
            case .replacement: nil
            }
        }

        /// Whether sampling starts from a rough picture unless told otherwise.
        public var startsFromGuess: Bool {
            switch self {
            case .anchored, .gumbel, .splitGibbs, .replacement: true
            case .published, .bestOf: false
            }
        }

        /// How often the prior looks at all positions unless told otherwise.
        ///
        /// Methods whose results were measured not to change for it go without in between; all others
        /// ask at every step for all.
        public var defaultCacheInterval: Int {
            switch self {
            case .anchored, .replacement: 12
            case .published, .bestOf, .gumbel, .splitGibbs: 1
            }
        }

        /// The number of steps of a small budget: what suits the method at some tens of decodes.
        private var usualStepCount: Int {
            switch self {
            case .anchored, .replacement, .bestOf, .splitGibbs: 12
            case .published: 15
            case .gumbel: 6
            }
        }

        /// Spends a number of decodes.
        ///
        /// - Parameter decodeCount: The most pictures, or windows of large ones, to decode; at least 1.
        /// - Returns: The numbers of steps and of decodes within each; their product is at most
        ///   `decodeCount`. Replacement sampling decodes nothing and takes its usual steps.
        public func counts(forBudget decodeCount: Int) -> (steps: Int, inner: Int) {
            precondition(decodeCount >= 1, "A budget is at least 1, but got \(decodeCount)")
            guard innerNoun != nil else { return (usualStepCount, 0) }
            let inner = max(decodeCount / usualStepCount, 1)
            return (decodeCount / inner, inner)
        }
    }

    /// The number of decodes that the defaults of every method spend.
    public static let usualBudget = 36

    /// Makes the options of a method and a number of decodes.
    ///
    /// - Parameters:
    ///   - method: How tokens are sampled.
    ///   - budget: The most pictures, or windows of large ones, to decode; at least 1.
    public init(method: Method, budget: Int = usualBudget) {
        self.init()
        self.method = method
        (stepCount, innerStepCount) = method.counts(forBudget: budget)
    }
}
