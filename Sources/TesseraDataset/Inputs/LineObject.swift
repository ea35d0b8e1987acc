import TesseraJSON

/// A line of JSON whose values must be of the right kind.
struct LineObject {
    private let object: JSONObject
    private let number: Int

    init(_ json: JSONValue, number: Int) throws(ShardFault) {
        guard case .object(let object) = json else { throw .line(number: number, key: "{") }
        self.object = object
        self.number = number
    }

    /// The members themselves.
    subscript(key: String) -> JSONValue? { object[key] }

    func text(_ key: String) throws(ShardFault) -> String {
        guard case .string(let text) = object[key] else { throw fault(key) }
        return text
    }

    func optionalText(_ key: String) throws(ShardFault) -> String? {
        object[key] == nil ? nil : try text(key)
    }

    func count(
        _ key: String, from least: Int = 0, upTo limit: Int = .max
    ) throws(ShardFault) -> Int {
        guard case .integer(let count) = object[key], (least ... limit).contains(count) else {
            throw fault(key)
        }
        return count
    }

    func flag(_ key: String) throws(ShardFault) -> Bool {
        guard case .boolean(let flag) = object[key] else { throw fault(key) }
        return flag
    }

    func list(_ key: String) throws(ShardFault) -> [JSONValue] {
        guard case .array(let values) = object[key] else { throw fault(key) }
        return values
    }

    func counts(_ key: String, upTo limit: Int = .max) throws(ShardFault) -> [Int] {
        try counts(in: .array(list(key)), key, upTo: limit)
    }

    func counts(
        in value: JSONValue, _ key: String, upTo limit: Int = .max
    ) throws(ShardFault) -> [Int] {
        guard case .array(let values) = value else { throw fault(key) }
        var counts: [Int] = []
        for value in values {
            guard case .integer(let count) = value, (0 ... limit).contains(count) else {
                throw fault(key)
            }
            counts.append(count)
        }
        return counts
    }

    /// The named counts of an object.
    func namedCounts(_ key: String) throws(ShardFault) -> [String: Int] {
        guard case .object(let object) = object[key] else { throw fault(key) }
        var counts: [String: Int] = [:]
        for member in object.members {
            guard case .integer(let count) = member.value, count >= 0 else { throw fault(key) }
            counts[member.name] = count
        }
        return counts
    }

    private func fault(_ key: String) -> ShardFault { .line(number: number, key: key) }
}
