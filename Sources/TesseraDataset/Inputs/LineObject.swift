import TesseraJSON

/// A line of JSON whose values must be of the right kind; a fault names the line and the key.
struct LineObject {
    private let object: StrictObject
    private let number: Int

    init(_ json: JSONValue, number: Int) throws(ShardFault) {
        guard case .object(let members) = json else { throw .line(number: number, key: "{") }
        object = StrictObject(members)
        self.number = number
    }

    /// The members themselves.
    subscript(key: String) -> JSONValue? {
        var reading = object
        return try? reading.value(key)
    }

    func text(_ key: String) throws(ShardFault) -> String {
        try read { (object) throws(ObjectFault) in try object.string(key) }
    }

    func optionalText(_ key: String) throws(ShardFault) -> String? {
        self[key] == nil ? nil : try text(key)
    }

    func count(
        _ key: String, from least: Int = 0, upTo limit: Int = .max
    ) throws(ShardFault) -> Int {
        try read { (object) throws(ObjectFault) in try object.count(key, in: least ... limit) }
    }

    func flag(_ key: String) throws(ShardFault) -> Bool {
        try read { (object) throws(ObjectFault) in try object.flag(key) }
    }

    func list(_ key: String) throws(ShardFault) -> [JSONValue] {
        try read { (object) throws(ObjectFault) in try object.list(key) }
    }

    func counts(_ key: String, upTo limit: Int = .max) throws(ShardFault) -> [Int] {
        try read { (object) throws(ObjectFault) in try object.counts(key, in: 0 ... limit) }
    }

    /// The counts of a list that belongs to a key.
    func counts(
        in value: JSONValue, _ key: String, upTo limit: Int = .max
    ) throws(ShardFault) -> [Int] {
        try LineObject(.object([key: value]), number: number).counts(key, upTo: limit)
    }

    /// The named counts of an object.
    func namedCounts(_ key: String) throws(ShardFault) -> [String: Int] {
        try read { (object) throws(ObjectFault) in
            var members = try object.object(key)
            var counts: [String: Int] = [:]
            for member in members.rest.members {
                counts[member.name] = try members.count(member.name, in: 0 ... .max)
            }
            return counts
        }
    }

    /// Reads from the object; what is wrong is the key that was asked for.
    private func read<Value>(
        _ body: (inout StrictObject) throws(ObjectFault) -> Value
    ) throws(ShardFault) -> Value {
        var reading = object
        do { return try body(&reading) } catch {
            let key = error.key.prefix { $0 != "." }
            throw .line(number: number, key: String(key))
        }
    }
}
