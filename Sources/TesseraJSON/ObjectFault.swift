/// What is wrong with the members of an object that a schema asks for.
///
/// A `key` is the path of a value from the root, such as `tokenizer.widths`.
public enum ObjectFault: Error, Hashable, Sendable {
    /// A key that must be there is not.
    case missingKey(String)

    /// A key that the schema does not have.
    case unknownKey(String)

    /// A value of another kind than the schema asks for.
    case kind(key: String, found: String, expected: String)

    /// A word that is none of those that the schema lists.
    case word(key: String, found: String, expected: [String])

    /// A text of another form than the schema asks for.
    case form(key: String, found: String, expected: String)

    /// A number outside its range.
    case range(key: String, found: Int, expected: ClosedRange<Int>)

    /// A list of another length than its neighbours ask for.
    case count(key: String, found: Int, expected: Int)

    /// A number that contradicts others.
    case contradiction(key: String, found: Int, expected: Int, because: String)

    /// A number that is no whole number to the power of others.
    case notPower(key: String, found: Int, exponent: Int, because: String)
}

extension ObjectFault {
    /// The path of the value that is wrong.
    public var key: String {
        switch self {
        case .missingKey(let key), .unknownKey(let key), .kind(let key, _, _),
            .word(let key, _, _), .form(let key, _, _), .range(let key, _, _),
            .count(let key, _, _), .contradiction(let key, _, _, _), .notPower(let key, _, _, _):
            key
        }
    }
}

extension ObjectFault: CustomStringConvertible {
    /// One sentence, without a final period.
    public var description: String {
        switch self {
        case .missingKey: "'\(key)' is missing"
        case .unknownKey:
            "'\(key)' is unknown; remove it, or use a version of tessera that knows it"
        case .kind(_, let found, let expected): "'\(key)' is \(found), but must be \(expected)"
        case .word(_, let found, let expected):
            "'\(key)' is '\(found)', but must be one of " + expected.joined(separator: ", ")
        case .form(_, let found, let expected): "'\(key)' is '\(found)', but must be \(expected)"
        case .range(_, let found, let expected):
            "'\(key)' is \(found), but must be from \(expected.lowerBound) to "
                + "\(expected.upperBound)"
        case .count(_, let found, let expected):
            "'\(key)' has \(found) entries, but must have \(expected)"
        case .contradiction(_, let found, let expected, let reason):
            "'\(key)' is \(found), but must be \(expected), because \(reason)"
        case .notPower(_, let found, let exponent, let reason):
            "'\(key)' is \(found), but must be a whole number to the power \(exponent), \(reason)"
        }
    }
}
