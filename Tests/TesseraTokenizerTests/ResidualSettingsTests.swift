import TesseraCheckpoint
import TesseraJSON
import TesseraTokenizer
import Testing
import _TesseraTestSupport

/// What `model.json` says of tokenizers of residual blocks, read and refused.
@Suite struct ResidualSettingsTests {
    static func example(_ quantizer: ResidualSettings.Quantizer = .dimension) -> ResidualSettings {
        let channels: [ResidualSettings.Quantizer: Int] = [
            .dimension: 8, .binary: 32, .factorized: 16,
        ]
        return ResidualSettings(
            quantizer: quantizer, latentChannels: channels[quantizer] ?? 0,
            draft: .init(widths: [16, 32, 96], blocks: [0, 1, 2]), perceptualStages: 2)
    }

    private func read(_ settings: JSONObject) throws(ModelFault) -> ResidualSettings {
        try ResidualFamily.settings(
            of: ModelPart(
                file: .init(name: "", sha256: ""), kind: ResidualFamily.kind, settings: settings),
            as: .tokenizer)
    }

    /// The settings with the value at a path replaced, or removed if there is none.
    private func setting(
        _ path: String, to value: JSONValue?, in object: JSONObject
    ) -> JSONObject {
        var object = object
        let names = path.split(separator: ".", maxSplits: 1).map(String.init)
        if names.count == 1 {
            object[names[0]] = value
        } else if case .object(let inner)? = object[names[0]] {
            object[names[0]] = .object(setting(names[1], to: value, in: inner))
        }
        return object
    }

    @Test(arguments: ResidualSettings.Quantizer.allCases)
    func settingsSurviveTheirObject(quantizer: ResidualSettings.Quantizer) throws {
        let settings = Self.example(quantizer)
        #expect(try read(settings.json) == settings)
    }

    @Test(arguments: example().json.members.map(\.name))
    func aKeyThatMustBeThereIsMissed(key: String) throws {
        let object = setting(key, to: nil, in: Self.example().json)
        guard key != "draft" && key != "perceptualStages" else { return _ = try read(object) }
        #expect(throws: ModelFault.value(.missingKey("tokenizer." + key))) { try read(object) }
    }

    @Test(arguments: ["", "draft."]) func aKeyThatIsNotKnownIsRefused(object: String) {
        #expect(throws: ModelFault.value(.unknownKey("tokenizer." + object + "extra"))) {
            try read(setting(object + "extra", to: 1, in: Self.example().json))
        }
    }

    @Test(arguments: example().json.members.map(\.name))
    func aValueOfTheWrongKindIsRefused(key: String) {
        #expect(throws: ModelFault.self) {
            try read(setting(key, to: true, in: Self.example().json))
        }
    }

    @Test(
        arguments: [
            (
                "widths", [1, "a"],
                "'tokenizer.widths' is a list, but must be a list of nothing but whole numbers"
            ),
            (
                "quantizer", "fsq",
                "'tokenizer.quantizer' is 'fsq', but must be one of factorized, binary, dimension"
            ),
            (
                "encoderBlocks", [1, 2],
                "'tokenizer.encoderBlocks' has 2 entries, but must have 3"
            ),
            ("draft.blocks", [1, 2], "'tokenizer.draft.blocks' has 2 entries, but must have 3"),
            (
                "perceptualStages", 4,
                "'tokenizer.perceptualStages' is 4, but must be from 0 to 3"
            ),
            (
                "pixelsPerToken", 16,
                "'tokenizer.pixelsPerToken' is 16, but must be 8, because each of the 3 stages "
                    + "halves the sides"
            ),
            (
                "latentChannels", 9,
                "'tokenizer.latentChannels' is 9, but must be 8, because the 4 slots have equal "
                    + "shares of the channels"
            ),
            (
                "vocabulary", [200, 200, 200, 200],
                "'tokenizer.vocabulary' is 200, but must be a whole number to the power 2, the bins "
                    + "of each of the 2 channels of a slot"
            ),
            (
                "vocabulary", [256, 16],
                "'tokenizer.vocabulary' is 16, but must be 256, because the slots of this quantizer "
                    + "have equal vocabularies"
            ),
        ] as [(String, JSONValue, String)])
    func everyFaultHasItsSentence(path: String, value: JSONValue, sentence: String) {
        expect(sentence) { () throws(ModelFault) in
            _ = try read(setting(path, to: value, in: Self.example().json))
        }
    }

    @Test(
        arguments: [
            (
                "latentChannels", 31,
                "'tokenizer.latentChannels' is 31, but must be 32, because the codes of all slots "
                    + "have 32 bits, one a channel"
            ),
            (
                "vocabulary", [255, 256, 256, 256],
                "'tokenizer.vocabulary' is 255, but must be 128, because a group of bits has a power "
                    + "of two of codes"
            ),
            (
                "vocabulary", [16, 4096, 256, 256],
                "'tokenizer.vocabulary' is 4096, but must be 16, because the slots of this quantizer "
                    + "have equal vocabularies"
            ),
        ] as [(String, JSONValue, String)])
    func bitsUseTheChannelsUp(path: String, value: JSONValue, sentence: String) {
        expect(sentence) { () throws(ModelFault) in
            _ = try read(setting(path, to: value, in: Self.example(.binary).json))
        }
    }

    @Test func tablesOfCodesAreBounded() {
        let slots = 256
        var settings = Self.example(.binary)
        settings.latentChannels = 16 * slots
        settings.vocabulary = Array(repeating: 65536, count: slots)
        let object = settings.json
        expect(
            "'tokenizer.latentChannels' is 4096, but must be 4, because a table of the 16777216 codes "
                + "of all slots holds 67108864 numbers at most"
        ) { () throws(ModelFault) in _ = try read(object) }
    }

    @Test(arguments: [(8, 256, 16), (4, 256, 256), (16, 256, 4), (32, 256, 2)])
    func levelsAreTheRootOfASlotsCodes(channels: Int, codes: Int, levels: Int) {
        var settings = Self.example()
        settings.latentChannels = channels
        settings.vocabulary = Array(repeating: codes, count: 4)
        #expect(settings.levelsPerChannel == levels)
    }
}
