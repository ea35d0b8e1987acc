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
        "prior", "tokenizer.draft", "tokenizer.perceptualStages", "training.priorSteps", "metrics",
        "metrics.bench",
        "metrics.bench.psnr",
        "metrics.bench.ssim",
    ]

    @Test(arguments: paths(of: document).filter { !optional.contains($0) })
    func aKeyThatMustBeThereIsMissed(path: String) {
        #expect(throws: ModelFault.missingKey(path)) {
            try ModelDescription(json: Self.setting(path, to: nil, in: Self.document))
        }
    }

    @Test(arguments: optional) func aKeyThatMayBeAbsentIsNotMissed(path: String) throws {
        _ = try ModelDescription(json: Self.setting(path, to: nil, in: Self.document))
    }

    @Test(arguments: ["", "tokenizer.", "tokenizer.draft.", "prior.", "training."])
    func aKeyThatTheSchemaDoesNotHaveIsRefused(object: String) {
        #expect(throws: ModelFault.unknownKey(object + "extra")) {
            try ModelDescription(json: Self.setting(object + "extra", to: 1, in: Self.document))
        }
    }

    @Test(arguments: paths(of: document).filter { !$0.hasPrefix("metrics.") })
    func aValueOfTheWrongKindIsRefused(path: String) {
        #expect(throws: ModelFault.self) {
            try ModelDescription(json: Self.setting(path, to: true, in: Self.document))
        }
    }

    @Test(
        arguments: [
            ("format", 2, "the folder has format 2, but this version of tessera reads format 1"),
            ("tokenizer", [], "'tokenizer' is a list, but must be an object"),
            (
                "tokenizer.widths", [1, "a"],
                "'tokenizer.widths' is a list, but must be a list of "
                    + "nothing but whole numbers"
            ),
            (
                "tokenizer.quantizer", "fsq",
                "'tokenizer.quantizer' is 'fsq', but must be one of factorized, binary, dimension"
            ),
            ("prior.layers", 0, "'prior.layers' is 0, but must be from 1 to 256"),
            (
                "tokenizer.encoderBlocks", [1, 2],
                "'tokenizer.encoderBlocks' has 2 entries, but must have 3"
            ),
            (
                "tokenizer.draft.blocks", [1, 2],
                "'tokenizer.draft.blocks' has 2 entries, but must have 3"
            ),
            (
                "tokenizer.perceptualStages", 4,
                "'tokenizer.perceptualStages' is 4, but must be from 0 to 3"
            ),
            (
                "tokenizer.pixelsPerToken", 16,
                "'tokenizer.pixelsPerToken' is 16, but must be 8, because each of the 3 stages "
                    + "halves the sides"
            ),
            (
                "tokenizer.latentChannels", 9,
                "'tokenizer.latentChannels' is 9, but must be 8, because the 4 slots have equal "
                    + "shares of the channels"
            ),
            (
                "tokenizer.vocabulary", [200, 200, 200, 200],
                "'tokenizer.vocabulary' is 200, but must be a whole number to the power 2, the bins "
                    + "of each of the 2 channels of a slot"
            ),
            (
                "tokenizer.vocabulary", [256, 16],
                "'tokenizer.vocabulary' is 16, but must be 256, because the slots of this quantizer "
                    + "have equal vocabularies"
            ),
            (
                "prior.heads", 7,
                "'prior.width' is 256, but must be 252, because each of the 7 heads needs a multiple "
                    + "of 4 channels"
            ),
            (
                "tokenizer.file", "../x",
                "'tokenizer.file' is '../x', but must be the plain name of a file in the folder"
            ),
            (
                "prior.sha256", "ABC",
                "'prior.sha256' is 'ABC', but must be 64 lower-case hexadecimal digits"
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

    @Test(
        arguments: [
            (
                "tokenizer.latentChannels", 31,
                "'tokenizer.latentChannels' is 31, but must be 32, because the codes of all slots "
                    + "have 32 bits, one a channel"
            ),
            (
                "tokenizer.vocabulary", [255, 256, 256, 256],
                "'tokenizer.vocabulary' is 255, but must be 128, because a group of bits has a power "
                    + "of two of codes"
            ),
            (
                "tokenizer.vocabulary", [16, 4096, 256, 256],
                "'tokenizer.vocabulary' is 4096, but must be 16, because the slots of this quantizer "
                    + "have equal vocabularies"
            ),
        ] as [(String, JSONValue, String)])
    func bitsUseTheChannelsUp(path: String, value: JSONValue, sentence: String) {
        expect(sentence) { () throws(ModelFault) in
            let document = example(.binary).json
            _ = try ModelDescription(json: Self.setting(path, to: value, in: document))
        }
    }

    @Test func tablesOfCodesAreBounded() {
        let slots = 256
        var description = example(.binary)
        description.tokenizer.latentChannels = 16 * slots
        description.tokenizer.vocabulary = Array(repeating: 65536, count: slots)
        let document = description.json
        expect(
            "'tokenizer.latentChannels' is 4096, but must be 4, because a table of the 16777216 codes "
                + "of all slots holds 67108864 numbers at most"
        ) { () throws(ModelFault) in _ = try ModelDescription(json: document) }
    }

    @Test(arguments: [(8, 256, 16), (4, 256, 256), (16, 256, 4), (32, 256, 2)])
    func binsAreTheRootOfASlotsCodes(channels: Int, codes: Int, bins: Int) {
        var tokenizer = example().tokenizer
        tokenizer.latentChannels = channels
        tokenizer.vocabulary = Array(repeating: codes, count: 4)
        #expect(tokenizer.binsPerChannel == bins)
    }
}
