public import TesseraInverse
public import TesseraPosterior

/// How the picture of a trial is recovered: by a method that samples, by a denoiser, or by a baseline.
public enum TrialMethod: Hashable, Sendable {
    /// A method that asks a prior.
    case sampling(RecoveryMethod)

    /// A denoiser and the operator in turn, without a model of tokens.
    case pixels

    /// A recovery that samples nothing.
    case baseline(Baseline)

    /// How tokens are sampled, if the method asks a prior.
    public var sampling: RecoveryMethod? {
        if case .sampling(let method) = self { method } else { nil }
    }

    /// What the picture is recovered by, if no prior is asked.
    public var baseline: Baseline? {
        if case .baseline(let baseline) = self { baseline } else { nil }
    }

    /// Whether the method asks a prior.
    public var needsPrior: Bool { sampling != nil }

    /// Whether the method asks a tokenizer.
    public var needsModel: Bool { baseline?.needsModel ?? needsPrior }

    /// Whether the method asks a denoiser; those that sample do so where there is one.
    public var needsDenoiser: Bool { self == .pixels }

    /// Whether the method can undo a degradation.
    ///
    /// - Parameter degradation: The degradation.
    /// - Returns: Whether it can.
    public func applies(to degradation: Degradation) -> Bool {
        switch self {
        case .sampling: true
        case .pixels: degradation.isUndoneByDenoisers
        case .baseline(let baseline): baseline.applies(to: degradation)
        }
    }
}

extension TrialMethod: NamedChoice {
    /// The name on the command line, in recipes and in tables.
    public var name: String {
        switch self {
        case .sampling(let method): method.name
        case .pixels: "pixels"
        case .baseline(let baseline): baseline.name
        }
    }

    /// Other names that choose it too.
    public var aliases: [String] { baseline?.aliases ?? [] }

    /// Every method, then every baseline.
    public static let all =
        RecoveryMethod.all.map(TrialMethod.sampling) + [.pixels]
        + Baseline.all.map(TrialMethod.baseline)
}

extension TrialMethod: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}
