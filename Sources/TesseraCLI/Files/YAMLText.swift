import TesseraJSON
import Yams

/// Why a text is not YAML, and where.
struct YAMLFault: Error, CustomStringConvertible {
    /// One sentence, lower case, without a final period.
    let description: String
}

extension JSONValue {
    /// How deep lists and objects of YAML may be nested.
    private static let depthLimit = 16

    /// Reads a YAML text, of which JSON is a part, as the JSON value that says the same.
    ///
    /// Keys are texts; a key that comes twice is a fault. Words in quotes stay texts.
    ///
    /// - Parameter text: The whole text, one document.
    /// - Throws: ``YAMLFault`` with the line and the column.
    init(yaml text: String) throws(YAMLFault) {
        let node: Node?
        do { node = try compose(yaml: text) } catch {
            throw YAMLFault(error as? YamlError)
        }
        guard let node else { throw YAMLFault(description: "the file is empty") }
        self = try JSONValue(node, depth: 0)
    }

    private init(_ node: Node, depth: Int) throws(YAMLFault) {
        guard depth < Self.depthLimit else {
            throw YAMLFault(
                node.mark,
                "values are nested deeper than the \(Self.depthLimit) levels that are read")
        }
        switch node {
        case .scalar(let scalar):
            self =
                scalar.style == .plain || scalar.style == .any
                ? Self.plain(node) : .string(scalar.string)
        case .sequence(let sequence):
            var values: [JSONValue] = []
            for node in sequence { values.append(try JSONValue(node, depth: depth + 1)) }
            self = .array(values)
        case .mapping(let mapping):
            var object = JSONObject()
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw YAMLFault(key.mark, "a key must be a text")
                }
                object[name.string] = try JSONValue(value, depth: depth + 1)
            }
            self = .object(object)
        case .alias:
            throw YAMLFault(node.mark, "an alias is not read here; write the value out")
        }
    }

    /// What a word without quotes means.
    private static func plain(_ node: Node) -> JSONValue {
        if node.null != nil { return .null }
        if let value = node.int { return .integer(value) }
        if let value = node.float { return .real(value) }
        if let value = node.bool { return .boolean(value) }
        return .string(node.string ?? "")
    }
}

extension YAMLFault {
    fileprivate init(_ mark: Mark?, _ sentence: String) {
        let place = mark.map { "line \($0.line), column \($0.column): " } ?? ""
        self.init(description: place + sentence)
    }

    fileprivate init(_ error: YamlError?) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(mark, problem)
        case .duplicatedKeysInMapping(let keys, _):
            self.init(
                description: "'\(keys.joined(separator: "', '"))' comes twice in "
                    + "one object; keep one of the two")
        default: self.init(description: "the text is not YAML")
        }
    }
}
