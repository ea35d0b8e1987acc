extension ModelDescription {
    /// Reads the document of a `model.json`.
    ///
    /// - Parameter json: The document.
    /// - Throws: ``ModelFault`` for a key that is missing or unknown, a value of the wrong kind, or
    ///   numbers that contradict each other.
    public init(json: JSONValue) throws(ModelFault) {
        guard case .object(let members) = json else { throw .notObject }
        var object = StrictObject(members)
        let format = try object.count("format", in: 1 ... .max)
        guard format == ModelDescription.format else {
            throw .format(found: format, supported: ModelDescription.format)
        }
        name = try object.string("name")
        summary = try object.string("description")
        tokenizer = try Tokenizer(try object.object("tokenizer"))
        prior = object.has("prior") ? try Prior(try object.object("prior")) : nil
        training = try Training(try object.object("training"))
        metrics = object.has("metrics") ? try Self.metrics(try object.members("metrics")) : [:]
        try object.finish()
        try check()
    }

    /// The document of a `model.json`, which reads back as this description.
    public var json: JSONValue {
        var object: JSONObject = [
            "format": .integer(ModelDescription.format), "name": .string(name),
            "description": .string(summary), "tokenizer": tokenizer.json,
        ]
        object["prior"] = prior?.json
        object["training"] = training.json
        if !metrics.isEmpty {
            object["metrics"] = sorted(metrics) { sorted($0) { .real($0) } }
        }
        return .object(object)
    }

    private static func metrics(
        _ groups: JSONObject
    ) throws(ModelFault) -> [String: [String: Double]] {
        var metrics: [String: [String: Double]] = [:]
        for group in groups.members {
            let path = "metrics." + group.name
            guard case .object(let values) = group.value else {
                throw .kind(key: path, found: group.value.kindName, expected: "an object")
            }
            for member in values.members {
                switch member.value {
                case .real(let value): metrics[group.name, default: [:]][member.name] = value
                case .integer(let value):
                    metrics[group.name, default: [:]][member.name] = Double(value)
                default:
                    throw .kind(
                        key: path + "." + member.name, found: member.value.kindName,
                        expected: "a number")
                }
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

private func list(_ counts: [Int]) -> JSONValue { .array(counts.map { .integer($0) }) }

extension ModelDescription.Tokenizer {
    fileprivate init(_ reading: StrictObject) throws(ModelFault) {
        var object = reading
        file = try ModelDescription.WeightFile(&object)
        let word = try object.string("quantizer")
        guard let quantizer = ModelDescription.Quantizer(rawValue: word) else {
            throw .word(
                key: object.path(of: "quantizer"), found: word,
                expected: ModelDescription.Quantizer.allCases.map(\.rawValue))
        }
        self.quantizer = quantizer
        pixelsPerToken = try object.count("pixelsPerToken", in: 1 ... 64)
        latentChannels = try object.count("latentChannels", in: 1 ... 4096)
        vocabulary = try object.counts("vocabulary", in: 2 ... 65536)
        widths = try object.counts("widths", in: 1 ... 8192)
        encoderBlocks = try object.counts("encoderBlocks", in: 0 ... 256)
        decoderBlocks = try object.counts("decoderBlocks", in: 0 ... 256)
        draft =
            object.has("draft") ? try ModelDescription.Draft(try object.object("draft")) : nil
        perceptualStages =
            object.has("perceptualStages")
            ? try object.count("perceptualStages", in: 0 ... widths.count) : 0
        try object.finish()
    }

    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "file": .string(file.name), "sha256": .string(file.sha256),
            "quantizer": .string(quantizer.rawValue), "pixelsPerToken": .integer(pixelsPerToken),
            "latentChannels": .integer(latentChannels), "vocabulary": list(vocabulary),
            "widths": list(widths), "encoderBlocks": list(encoderBlocks),
            "decoderBlocks": list(decoderBlocks),
        ]
        object["draft"] = draft?.json
        if perceptualStages > 0 { object["perceptualStages"] = .integer(perceptualStages) }
        return .object(object)
    }
}

extension ModelDescription.Draft {
    fileprivate init(_ reading: StrictObject) throws(ModelFault) {
        var object = reading
        widths = try object.counts("widths", in: 1 ... 8192)
        blocks = try object.counts("blocks", in: 0 ... 256)
        try object.finish()
    }

    fileprivate var json: JSONValue { ["widths": list(widths), "blocks": list(blocks)] }
}

extension ModelDescription.Prior {
    fileprivate init(_ reading: StrictObject) throws(ModelFault) {
        var object = reading
        file = try ModelDescription.WeightFile(&object)
        layers = try object.count("layers", in: 1 ... 256)
        width = try object.count("width", in: 4 ... 16384)
        heads = try object.count("heads", in: 1 ... 256)
        window = try object.count("window", in: 1 ... 1024)
        labels = try object.strings("labels")
        try object.finish()
    }

    fileprivate var json: JSONValue {
        [
            "file": .string(file.name), "sha256": .string(file.sha256),
            "layers": .integer(layers), "width": .integer(width), "heads": .integer(heads),
            "window": .integer(window), "labels": .array(labels.map { .string($0) }),
        ]
    }
}

extension ModelDescription.Training {
    fileprivate init(_ reading: StrictObject) throws(ModelFault) {
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

extension ModelDescription.WeightFile {
    fileprivate init(_ object: inout StrictObject) throws(ModelFault) {
        name = try object.string("file")
        sha256 = try object.string("sha256")
        guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(UInt8(ascii: "/")),
            !name.utf8.contains(0)
        else { throw .fileName(key: object.path(of: "file"), name) }
        let digits = "0123456789abcdef".utf8
        guard sha256.utf8.count == 64, sha256.utf8.allSatisfy({ digits.contains($0) }) else {
            throw .notHash(key: object.path(of: "sha256"), sha256)
        }
    }
}
