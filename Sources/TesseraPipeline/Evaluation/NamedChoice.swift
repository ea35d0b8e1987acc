public import TesseraInverse
public import TesseraPosterior
public import TesseraSampler

/// A value that is chosen by its name from a list of all there are.
public protocol NamedChoice: Sendable {
    /// The name by which it is chosen.
    var name: String { get }

    /// Other names that choose it too.
    var aliases: [String] { get }

    /// Every value, in the order in which they are offered.
    static var all: [Self] { get }
}

extension NamedChoice {
    /// No other names.
    public var aliases: [String] { [] }

    /// Looks a value up.
    ///
    /// - Parameter name: A name or an alias.
    /// - Returns: The value, or `nil` if none has the name.
    public static func named(_ name: String) -> Self? {
        all.first { $0.name == name || $0.aliases.contains(name) }
    }
}

extension Degradation: NamedChoice {}

extension RecoveryMethod: NamedChoice {}

extension MaskSchedule: NamedChoice {}
