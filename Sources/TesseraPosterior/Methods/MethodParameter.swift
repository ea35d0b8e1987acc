/// A setting that a method has of its own, beside steps and decodes.
public struct MethodParameter: Hashable, Sendable {
    /// What values a setting may have.
    public enum Kind: Hashable, Sendable {
        /// A number in a range; there may be no end.
        case number(from: Double, to: Double)

        /// A whole number.
        case count(from: Int)

        /// Yes or no.
        case flag

        /// One of some words.
        case word([String])
    }

    /// The name in recipes and rows.
    public let name: String

    /// What values it may have.
    public let kind: Kind

    /// Names a parameter.
    ///
    /// - Parameters:
    ///   - name: The name in recipes and rows.
    ///   - kind: What values it may have.
    public init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// How often the prior looks at all positions; read by what caches the prior, not by a sampler.
    public static let cacheInterval = MethodParameter("refresh", .count(from: 1))
}

/// The value of a method's parameter.
public enum MethodSetting: Hashable, Sendable {
    /// A number.
    case number(Double)

    /// A whole number.
    case count(Int)

    /// Yes or no.
    case flag(Bool)

    /// One of the words that the parameter knows.
    case word(String)
}

/// A parameter together with what it does to a sampler's configuration.
struct ConfiguringParameter<Configuration>: Sendable {
    /// The parameter.
    let parameter: MethodParameter

    /// Makes the change.
    let apply: @Sendable (inout Configuration, MethodSetting) -> Void

    private init(
        _ parameter: MethodParameter,
        apply: @escaping @Sendable (inout Configuration, MethodSetting) -> Void
    ) {
        self.parameter = parameter
        self.apply = apply
    }

    /// A number from 0 up, or to an end.
    static func number(
        _ name: String, to end: Double = .infinity,
        apply: @escaping @Sendable (inout Configuration, Float) -> Void
    ) -> Self {
        Self(MethodParameter(name, .number(from: 0, to: end))) { configuration, setting in
            guard case .number(let value) = setting else { mismatch(name, setting) }
            apply(&configuration, Float(value))
        }
    }

    /// Yes or no.
    static func flag(
        _ name: String, apply: @escaping @Sendable (inout Configuration, Bool) -> Void
    ) -> Self {
        Self(MethodParameter(name, .flag)) { configuration, setting in
            guard case .flag(let value) = setting else { mismatch(name, setting) }
            apply(&configuration, value)
        }
    }

    /// One of some values by their names.
    static func choice<Value: Sendable>(
        _ name: String, of values: [(name: String, value: Value)],
        apply: @escaping @Sendable (inout Configuration, Value) -> Void
    ) -> Self {
        Self(MethodParameter(name, .word(values.map(\.name)))) { configuration, setting in
            guard case .word(let word) = setting,
                let value = values.first(where: { $0.name == word })?.value
            else { mismatch(name, setting) }
            apply(&configuration, value)
        }
    }

    /// How often the prior looks at all positions, which is no matter of a sampler's configuration.
    static var cacheInterval: Self { Self(.cacheInterval) { _, _ in } }

    private static func mismatch(_ name: String, _ setting: MethodSetting) -> Never {
        preconditionFailure("The parameter '\(name)' cannot be \(setting)")
    }
}

extension MethodInput {
    /// Changes a configuration by the settings that there are.
    ///
    /// - Parameters:
    ///   - parameters: What a method can change.
    ///   - configuration: What is changed, in the order of the parameters.
    func apply<Configuration>(
        _ parameters: [ConfiguringParameter<Configuration>], to configuration: inout Configuration
    ) {
        for parameter in parameters {
            if let setting = settings[parameter.parameter.name] {
                parameter.apply(&configuration, setting)
            }
        }
    }
}
