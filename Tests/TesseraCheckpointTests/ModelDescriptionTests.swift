import TesseraJSON
import TesseraCheckpoint
import Testing
import _TesseraTestSupport

@Suite struct ModelDescriptionTests {
    /// Every path of a key in a document, such as `tokenizer.widths`.
    static func paths(of json: JSONValue, above: String = "") -> [String] {
        guard case .object(let object) = json else { return [] }
        return object.members.flatMap {
            [above + $0.name] + paths(of: $0.value, above: above + $0.name + ".")
        }
    }

    /// The paths that the description itself reads; settings are their families'.
    static var ownPaths: [String] { paths(of: document).filter { !$0.contains(".settings.") } }

    /// The document with the value at a path replaced, or removed if there is none.
    static func setting(_ path: String, to value: JSONValue?, in json: JSONValue) -> JSONValue {
        guard case .object(var object) = json else { return json }
        let names = path.split(separator: ".", maxSplits: 1).map(String.init)
        if names.count == 1 {
            object[names[0]] = value
        } else if let inner = object[names[0]] {
            object[names[0]] = setting(names[1], to: value, in: inner)
        }
        return .object(object)
    }

    static let document = example(prior: true).json
    static let optional = [
        "parts.prior", "training.priorSteps", "metrics", "metrics.bench", "metrics.bench.psnr",
        "metrics.bench.ssim",
    ]

    @Test(arguments: ownPaths.filter { !optional.contains($0) })
    func aKeyThatMustBeThereIsMissed(path: String) {
        #expect(throws: ModelFault.value(.missingKey(path))) {
            try ModelDescription(json: Self.setting(path, to: nil, in: Self.document))
        }
    }

    @Test(arguments: optional) func aKeyThatMayBeAbsentIsNotMissed(path: String) throws {
        _ = try ModelDescription(json: Self.setting(path, to: nil, in: Self.document))
    }

    @Test(arguments: ["", "parts.", "parts.tokenizer.", "parts.prior.", "training."])
    func aKeyThatTheSchemaDoesNotHaveIsRefused(object: String) {
        #expect(throws: ModelFault.value(.unknownKey(object + "extra"))) {
            try ModelDescription(json: Self.setting(object + "extra", to: 1, in: Self.document))
        }
    }

    @Test(arguments: ownPaths.filter { !$0.hasPrefix("metrics.") })
    func aValueOfTheWrongKindIsRefused(path: String) {
        #expect(throws: ModelFault.self) {
            try ModelDescription(json: Self.setting(path, to: true, in: Self.document))
        }
    }

    @Test(
        arguments: [
            (
                "format", 3,
                "the folder has format 3, but this version of tessera reads formats up to 2"
            ),
            ("parts", [], "'parts' is a list, but must be an object"),
            (
                "parts.tokenizer.file", "../x",
                "'parts.tokenizer.file' is '../x', but must be the plain name of a file in the folder"
            ),
            (
                "parts.prior.sha256", "ABC",
                "'parts.prior.sha256' is 'ABC', but must be 64 lower-case hexadecimal digits"
            ),
            (
                "metrics.bench.psnr", "high", "'metrics.bench.psnr' is a text, but must be a number"
            ),
            (
                "training.extra", 1,
                "'training.extra' is unknown; remove it, or use a version of tessera that knows it"
            ),
            ("name", nil, "'name' is missing"),
        ] as [(String, JSONValue?, String)])
    func everyFaultHasItsSentence(path: String, value: JSONValue?, sentence: String) {
        expect(sentence) { () throws(ModelFault) in
            _ = try ModelDescription(json: Self.setting(path, to: value, in: Self.document))
        }
    }

    @Test func aFolderOfFormat1IsRead() throws {
        let text = """
            {"format": 1, "name": "old", "description": "An old one.",
             "tokenizer": {"file": "t.safetensors", "sha256": "\(String(repeating: "0", count: 64))",
                           "quantizer": "binary", "widths": [8]},
             "prior": {"file": "p.safetensors", "sha256": "\(String(repeating: "1", count: 64))",
                       "layers": 2},
             "training": {"data": "d", "licence": "l", "steps": 1, "hardware": "h", "command": "c"}}
            """
        let description = try ModelDescription(json: try JSONValue(parsing: Array(text.utf8)))
        #expect(description.parts[.tokenizer]?.kind == "residual")
        #expect(description.parts[.tokenizer]?.settings == ["quantizer": "binary", "widths": [8]])
        #expect(description.parts[.prior]?.kind == "masked-transformer")
        #expect(description.parts[.prior]?.settings == ["layers": 2])
        // It is written in the format of today and reads back alike.
        #expect(try ModelDescription(json: description.json) == description)
    }
}
