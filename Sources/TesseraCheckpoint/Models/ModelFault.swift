/// What is wrong with a model folder.
///
/// A `key` is the path of a value in `model.json`, such as `tokenizer.widths`.
public enum ModelFault: Error, Equatable, Sendable {
    /// The document is not an object.
    case notObject

    /// A key that must be there is not.
    case missingKey(String)

    /// A key that the schema does not have.
    case unknownKey(String)

    /// A value of another kind than the schema asks for.
    case kind(key: String, found: String, expected: String)

    /// The folder is of a later format than this program reads.
    case format(found: Int, supported: Int)

    /// A word that is none of those that the schema lists.
    case word(key: String, found: String, expected: [String])

    /// A number outside its range.
    case range(key: String, found: Int, expected: ClosedRange<Int>)

    /// A list of another length than its neighbours ask for.
    case count(key: String, found: Int, expected: Int)

    /// A number that contradicts others.
    case contradiction(key: String, found: Int, expected: Int, because: String)

    /// A number of codes that equally many bins of each channel cannot give.
    case notPower(key: String, found: Int, exponent: Int)

    /// A name of a weight file that is not a plain name inside the folder.
    case fileName(key: String, String)

    /// A hash that is not 64 lower-case hexadecimal digits.
    case notHash(key: String, String)

    /// A weight file that is not the one the model was published with.
    case hash(file: String, found: String, expected: String)

    /// The model has no prior, and the job needs one.
    case noPrior

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
        case .missingKey(let key): return "'\(key)' is missing"
        case .unknownKey(let key):
            return "'\(key)' is unknown; remove it, or use a version of tessera that knows it"
        case .kind(let key, let found, let expected):
            return "'\(key)' is \(found), but must be \(expected)"
        case .format(let found, let supported):
            return "the folder has format \(found), but this version of tessera reads "
                + "format \(supported)"
        case .word(let key, let found, let expected):
            return "'\(key)' is '\(found)', but must be one of "
                + expected.joined(separator: ", ")
        case .range(let key, let found, let expected):
            return "'\(key)' is \(found), but must be from \(expected.lowerBound) to "
                + "\(expected.upperBound)"
        case .count(let key, let found, let expected):
            return "'\(key)' has \(found) entries, but must have \(expected)"
        case .contradiction(let key, let found, let expected, let reason):
            return "'\(key)' is \(found), but must be \(expected), because \(reason)"
        case .notPower(let key, let found, let exponent):
            return "'\(key)' is \(found), but must be a whole number to the power \(exponent), "
                + "the bins of each of the \(exponent) channels of a slot"
        default: return filesDescription
        }
    }

    private var filesDescription: String {
        switch self {
        case .fileName(let key, let name):
            return "'\(key)' is '\(name)', but must be the plain name of a file in the folder"
        case .notHash(let key, let text):
            return "'\(key)' is '\(text)', but must be 64 lower-case hexadecimal digits"
        case .hash(let file, let found, let expected):
            return "\(file) has the SHA-256 \(found), but model.json names \(expected); copy the "
                + "folder again"
        case .noPrior:
            return "the model has no prior, which this job needs; choose a model with a prior"
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
        default: preconditionFailure("Every other fault has its sentence above")
        }
    }
}
