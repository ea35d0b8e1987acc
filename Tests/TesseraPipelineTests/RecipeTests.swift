import TesseraJSON
import TesseraCheckpoint
import TesseraImage
import TesseraPipeline
import Testing
import _TesseraTestSupport

@Suite struct RecipeTests {
    @Test func aRecipeSaysHowThePictureWasMade() {
        let recipe = Recipe(
            command: "restore", model: blockModel, operatorName: "sr4",
            options: ["steps": 12, "projection": true], seed: 7)
        let expected =
            #"{"version":"0.1.0","command":"restore","#
            + #""model":{"name":"blocks","tokenizer":"00ff","decoder":"psnr"},"operator":"sr4","#
            + #""options":{"steps":12,"projection":true},"seed":7}"#
        #expect(recipe.textEntry.keyword == "tessera")
        #expect(unspaced(recipe.textEntry.value) == expected)
    }

    @Test func aSeedOfSixtyFourBitsIsNotRounded() {
        let recipe = Recipe(command: "generate", model: blockModel, seed: .max)
        #expect(recipe.textEntry.value.contains(#""18446744073709551615""#))
    }

    @Test func keysArePinned() {
        // The published test vectors of FNV-1a.
        #expect(itemKey("") == 0xCBF2_9CE4_8422_2325)
        #expect(itemKey("a") == 0xAF63_DC4C_8601_EC8C)
        #expect(itemKey("foobar") == 0x8594_4171_F739_67E8)
    }

    private func unspaced(_ text: String) -> String {
        text.filter { !$0.isWhitespace }
    }
}

@Suite struct ModelChoiceTests {
    /// Writes descriptions only: choosing a model opens no weights.
    private func shipped(
        _ models: [(name: String, psnr: Double?, hasPrior: Bool)]
    ) throws -> (ShippedModels, TemporaryFolder) {
        let folder = TemporaryFolder()
        let tiny = try ModelFolder(path: tinyModelPath).description
        for model in models {
            var description = tiny
            description.name = model.name
            description.metrics = model.psnr.map { ["bench256": ["psnr": $0]] } ?? [:]
            if !model.hasPrior { description.parts[.prior] = nil }
            folder.write(
                Array(description.json.indentedText.utf8), as: "\(model.name)/model.json")
        }
        return (ShippedModels(executable: "/nowhere/tessera", environment: folder.path), folder)
    }

    @Test func theHighestMeasurementWins() throws {
        let (models, folder) = try shipped([
            ("photo-binary", 29, true), ("photo-dimension", 28, true), ("other", nil, true),
        ])
        #expect(try models.best(withPrior: false).description.name == "photo-binary")
        withExtendedLifetime(folder) {}
    }

    @Test func withoutMeasurementsTheOrderOfNamesDecides() throws {
        let (models, folder) = try shipped([
            ("zebra", nil, true), ("photo-factorized", nil, true), ("photo-binary", nil, true),
        ])
        #expect(try models.best(withPrior: false).description.name == "photo-binary")
        withExtendedLifetime(folder) {}
    }

    @Test func aModelWithAPriorIsBetterForEveryJob() throws {
        let (models, folder) = try shipped([
            ("photo-dimension-48", 32, false), ("photo-binary", 20, true),
        ])
        #expect(try models.best(withPrior: false).description.name == "photo-binary")
        #expect(try models.best(withPrior: true).description.name == "photo-binary")
        withExtendedLifetime(folder) {}
    }

    @Test func aJobThatNeedsNoPriorTakesAModelWithout() throws {
        let (models, folder) = try shipped([
            ("photo-dimension-16", 28, false), ("photo-dimension-48", 32, false),
        ])
        #expect(try models.best(withPrior: false).description.name == "photo-dimension-48")
        withExtendedLifetime(folder) {}
    }

    @Test func withoutAPriorAnywhereTheErrorSaysSo() throws {
        let (models, folder) = try shipped([("photo-dimension", 30, false)])
        let error = try #require(throws: CheckpointError.self) {
            try models.best(withPrior: true)
        }
        #expect(error.description.hasSuffix("choose a model with a prior"))
        withExtendedLifetime(folder) {}
    }
}
