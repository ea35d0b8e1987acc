public import TesseraJSON

extension ModelDescription {
    /// Reads the document of a `model.json`.
    ///
    /// The settings of parts are read by their families, not here.
    ///
    /// - Parameter json: The document, of this format or an earlier one.
    /// - Throws: ``ModelFault`` for a key that is missing or unknown, or a value of the wrong kind.
    public init(json: JSONValue) throws(ModelFault) {
        guard case .object(let members) = json else { throw .notObject }
        var object = StrictObject(members)
        let format: Int
        do { format = try object.count("format", in: 1 ... .max) } catch { throw .value(error) }
        guard format <= ModelDescription.format else {
            throw .format(found: format, supported: ModelDescription.format)
        }
        do {
            try self.init(&object, parts: format == 1 ? Self.firstParts : Self.parts)
        } catch { throw .value(error) }
    }

    private init(
        _ object: inout StrictObject,
        parts: (inout StrictObject) throws(ObjectFault) -> [ModelPart.Role: ModelPart]
    ) throws(ObjectFault) {
        name = try object.string("name")
        summary = try object.string("description")
        self.parts = try parts(&object)
        training = try Training(try object.object("training"))
        metrics = object.has("metrics") ? try Self.metrics(try object.members("metrics")) : [:]
        try object.finish()
    }

    /// The document of a `model.json`, which reads back as this description.
    public var json: JSONValue {
        var parts = JSONObject()
        for role in ModelPart.Role.allCases { parts[role.rawValue] = self.parts[role]?.json }
        var object: JSONObject = [
            "format": .integer(ModelDescription.format), "name": .string(name),
            "description": .string(summary), "parts": .object(parts), "training": training.json,
        ]
        if !metrics.isEmpty {
            object["metrics"] = sorted(metrics) { sorted($0) { .real($0) } }
        }
        return .object(object)
    }

    private static func parts(
        _ object: inout StrictObject
    ) throws(ObjectFault) -> [ModelPart.Role: ModelPart] {
        var reading = try object.object("parts")
        var parts: [ModelPart.Role: ModelPart] = [:]
        let isDenoiser = reading.has(ModelPart.Role.denoiser.rawValue)
        for role in ModelPart.Role.allCases
        where reading.has(role.rawValue) || (role == .tokenizer && !isDenoiser) {
            var part = try reading.object(role.rawValue)
            parts[role] = ModelPart(
                file: try ModelPart.WeightFile(&part), kind: try part.string("kind"),
                settings: try part.members("settings"))
            try part.finish()
        }
        try reading.finish()
        return parts
    }

    /// The parts of format 1, in which a part's settings stand beside its file and roles name kinds.
    private static func firstParts(
        _ object: inout StrictObject
    ) throws(ObjectFault) -> [ModelPart.Role: ModelPart] {
        var parts: [ModelPart.Role: ModelPart] = [:]
        for (role, kind) in [
            (ModelPart.Role.tokenizer, "residual"), (.prior, "masked-transformer"),
        ]
        where role == .tokenizer || object.has(role.rawValue) {
            var part = try object.object(role.rawValue)
            parts[role] = ModelPart(
                file: try ModelPart.WeightFile(&part), kind: kind, settings: part.rest)
        }
        return parts
    }

    private static func metrics(
        _ groups: JSONObject
    ) throws(ObjectFault) -> [String: [String: Double]] {
        var metrics: [String: [String: Double]] = [:]
        var reading = StrictObject(groups, path: "metrics.")
        for group in groups.members {
            var values = try reading.object(group.name)
            for member in try reading.members(group.name).members {
                metrics[group.name, default: [:]][member.name] = try values.number(member.name)
            }
        }
        return metrics
    }
}

private func sorted<Value>(
    _ dictionary: [String: Value], _ json: (Value) -> JSONValue
) -> JSONValue {
    var object = JSONObject()
    for (key, value) in dictionary.sorted(by: { $0.key < $1.key }) { object[key] = json(value) }
    return .object(object)
}

extension ModelPart {
    fileprivate var json: JSONValue {
        [
            "kind": .string(kind), "file": .string(file.name), "sha256": .string(file.sha256),
            "settings": .object(settings),
        ]
    }
}

extension ModelDescription.Training {
    fileprivate init(_ reading: StrictObject) throws(ObjectFault) {
        var object = reading
        data = try object.string("data")
        licence = try object.string("licence")
        steps = try object.count("steps", in: 0 ... .max)
        hardware = try object.string("hardware")
        command = try object.string("command")
        priorSteps =
            object.has("priorSteps") ? try object.count("priorSteps", in: 0 ... .max) : nil
        try object.finish()
    }

    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "data": .string(data), "licence": .string(licence), "steps": .integer(steps),
            "hardware": .string(hardware), "command": .string(command),
        ]
        object["priorSteps"] = priorSteps.map { .integer($0) }
        return .object(object)
    }
}

extension ModelPart.WeightFile {
    fileprivate init(_ object: inout StrictObject) throws(ObjectFault) {
        name = try object.string("file")
        sha256 = try object.string("sha256")
        guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(UInt8(ascii: "/")),
            !name.utf8.contains(0)
        else {
            throw .form(
                key: object.path(of: "file"), found: name,
                expected: "the plain name of a file in the folder")
        }
        let digits = "0123456789abcdef".utf8
        guard sha256.utf8.count == 64, sha256.utf8.allSatisfy({ digits.contains($0) }) else {
            throw .form(
                key: object.path(of: "sha256"), found: sha256,
                expected: "64 lower-case hexadecimal digits")
        }
    }
}
