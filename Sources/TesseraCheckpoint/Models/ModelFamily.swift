public import TesseraJSON

/// A family of networks: what its parts are told in `model.json`, and how their weights pack.
///
/// A family is a folder of its own in the target that builds its networks, and a line in the list of
/// families; nothing else knows its name.
public protocol ModelFamily: Sendable {
    /// What the family is told of a network.
    associatedtype Settings: Hashable & Sendable

    /// The name of the family in `model.json`.
    static var kind: String { get }

    /// Reads settings, so that networks built from them cannot trap.
    ///
    /// - Parameter object: The settings; a key that is not asked for is refused by the caller.
    /// - Returns: Settings whose numbers fit each other.
    /// - Throws: ``ObjectFault`` that names the key.
    static func settings(_ object: inout StrictObject) throws(ObjectFault) -> Settings

    /// How a tensor of weights may be packed.
    ///
    /// - Parameters:
    ///   - tensor: A tensor of the part's file.
    ///   - settings: What the family is told of the network.
    /// - Returns: The advice; tensors that are no matrix in floating point are kept anyway.
    static func packing(of tensor: TensorDescription, _ settings: Settings) -> PackingAdvice
}

/// How a tensor of weights may be packed.
public enum PackingAdvice: Hashable, Sendable {
    /// As it is: what little there is to gain would cost too much.
    case keep

    /// In eight bits, if in fewer were asked for.
    case eightBits

    /// As it is asked for.
    case any
}

extension ModelFamily {
    /// Reads the settings of a part.
    ///
    /// - Parameters:
    ///   - part: A part of this family.
    ///   - role: What the part does, which begins the path of its keys.
    /// - Returns: Its settings.
    /// - Throws: ``ModelFault/value(_:)`` that names the key.
    public static func settings(
        of part: ModelPart, as role: ModelPart.Role
    ) throws(ModelFault) -> Settings {
        do {
            var object = StrictObject(part.settings, path: role.rawValue + ".")
            let settings = try settings(&object)
            try object.finish()
            return settings
        } catch { throw .value(error) }
    }
}
