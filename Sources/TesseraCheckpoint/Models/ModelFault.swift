public import TesseraJSON

/// What is wrong with a model folder.
public enum ModelFault: Error, Equatable, Sendable {
    /// The document is not an object.
    case notObject

    /// A value in `model.json` is missing, unknown, or not what the schema asks for.
    case value(ObjectFault)

    /// The folder is of a later format than this program reads.
    case format(found: Int, supported: Int)

    /// No family of this kind is known.
    case kind(role: ModelPart.Role, found: String, known: [String])

    /// A weight file that is not the one the model was published with.
    case hash(file: String, found: String, expected: String)

    /// The model lacks a part that the job needs.
    case noPart(ModelPart.Role)

    /// The model has no draft decoder, and the job asks for one.
    case noDraft

    /// The model has no perceptual decoder, and the job asks for one.
    case noPerceptualDecoder

    /// The bins of a dimension-wise tokenizer are not computed yet.
    case binsNotFitted

    /// No model of this name ships with the program.
    case noSuchModel(name: String, shipped: [String], searched: [String])
}

extension ModelFault: CustomStringConvertible {
    /// One sentence, without a final period.
    public var description: String {
        switch self {
        case .notObject: return "model.json is not an object"
        case .value(let fault): return fault.description
        case .format(let found, let supported):
            return "the folder has format \(found), but this version of tessera reads formats up "
                + "to \(supported)"
        case .kind(let role, let found, let known):
            return
                "the \(role.rawValue) is of the kind '\(found)', but this version of tessera knows "
                + known.joined(separator: ", ")
        case .hash(let file, let found, let expected):
            return "\(file) has the SHA-256 \(found), but model.json names \(expected); copy the "
                + "folder again"
        case .noPart(let role):
            return "the model has no \(role.rawValue), which this job needs; choose a model with a "
                + role.rawValue
        case .noDraft:
            return "the model has no draft decoder; leave '--draft' out"
        case .noPerceptualDecoder:
            return "the model has no perceptual decoder; leave '--decoder perceptual' out"
        case .binsNotFitted:
            return "the tokenizer has no bins yet; compute them with 'tessera fit-bins'"
        case .noSuchModel(let name, let shipped, let searched):
            let choice =
                shipped.isEmpty
                ? "none was found in \(searched.joined(separator: ", "))"
                : "there are \(shipped.joined(separator: ", "))"
            return "no model folder or shipped model is named '\(name)'; \(choice)"
        }
    }
}
