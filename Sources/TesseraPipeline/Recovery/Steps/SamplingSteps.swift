/// Steps on the way to a result, each computed when it is asked for.
protocol SamplingSteps<Preview, Outcome>: IteratorProtocol
where Element == SamplingProgress<Preview> {
    /// What a step shows.
    associatedtype Preview

    /// What the steps lead to.
    associatedtype Outcome

    /// Takes the next step.
    mutating func next() -> SamplingProgress<Preview>?

    /// What the steps led to. To be asked for once, after the last step.
    func result() -> Outcome
}

/// Steps that show and lead to something else than those they are made of.
struct MappedSteps<Base: SamplingSteps, Preview, Outcome>: SamplingSteps {
    private var base: Base
    private let preview: (Base.Preview) -> Preview
    private let outcome: (Base.Outcome) -> Outcome

    /// Maps steps.
    ///
    /// - Parameters:
    ///   - base: The steps.
    ///   - preview: Maps what a step shows, when that is asked for.
    ///   - outcome: Maps what the steps lead to.
    init(
        _ base: Base, preview: @escaping (Base.Preview) -> Preview,
        outcome: @escaping (Base.Outcome) -> Outcome
    ) {
        self.base = base
        self.preview = preview
        self.outcome = outcome
    }

    mutating func next() -> SamplingProgress<Preview>? { base.next()?.map(preview) }

    func result() -> Outcome { outcome(base.result()) }
}

/// No steps, where a result takes none.
struct NoSteps<Preview, Outcome>: SamplingSteps {
    private let outcome: () -> Outcome

    /// Makes no steps.
    ///
    /// - Parameter outcome: Computes what is there without any.
    init(_ outcome: @escaping () -> Outcome) {
        self.outcome = outcome
    }

    mutating func next() -> SamplingProgress<Preview>? { nil }

    func result() -> Outcome { outcome() }
}
