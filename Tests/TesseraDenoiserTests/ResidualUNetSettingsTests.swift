import TesseraCheckpoint
import TesseraDenoiser
import TesseraJSON
import Testing

/// What `model.json` says of U-shaped denoisers, read and refused.
@Suite struct ResidualUNetSettingsTests {
    private func read(_ settings: JSONObject) throws(ModelFault) -> ResidualUNetFamily.Settings {
        try ResidualUNetFamily.settings(
            of: ModelPart(
                file: .init(name: "", sha256: ""), kind: ResidualUNetFamily.kind,
                settings: settings),
            as: .denoiser)
    }

    @Test func settingsSurviveTheirObject() throws {
        let settings = try read(ResidualUNetTests.settings.json)
        #expect(settings == ResidualUNetTests.settings)
    }

    @Test(arguments: [
        ("widths", [] as [Int]), ("widths", [8, 0, 16]), ("widths", [1, 1, 1, 1, 1, 1, 1]),
        ("encoderBlocks", [1, 1]), ("decoderBlocks", [1, 1, 1]), ("decoderBlocks", [1, -1]),
    ])
    func refusesCountsThatDoNotFit(key: String, counts: [Int]) {
        var settings = ResidualUNetTests.settings.json
        settings[key] = .array(counts.map { .integer($0) })
        let fault = #expect(throws: ModelFault.self) {
            try read(settings)
        }
        #expect(fault?.description.contains("denoiser.\(key)") == true)
    }
}
