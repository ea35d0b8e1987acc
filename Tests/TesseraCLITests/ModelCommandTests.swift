import TesseraJSON
import TesseraImage
import TesseraTensor
import Testing
import _TesseraTestSupport

/// Commands that ask a model, held against a tiny one of random weights.
@Suite struct ModelCommandTests {
    @Test func reconstructWritesThePictureAndItsRecipe() throws {
        let folder = TemporaryFolder()
        let run = tessera(
            "reconstruct", folder.picture("in.png"), "-o", folder.file("out.png"), "--model",
            tinyModelPath, "--json")
        #expect(run.code == 0)
        let image = try folder.image("out.png")
        #expect(image.width == 24 && image.height == 16)
        let recipe = try #require(image.text[keyword: "tessera"])
        #expect(recipe.contains(#""command":"reconstruct""#))
        #expect(run.objects[0].number("bitsPerPixel") == 16.0 / 64)
        #expect(run.objects[0].string("output") == folder.file("out.png"))
    }

    @Test func noMetadataLeavesTheRecipeOut() throws {
        let folder = TemporaryFolder()
        let run = tessera(
            "reconstruct", folder.picture("in.png"), "-o", folder.file("out.png"), "--model",
            tinyModelPath, "--no-metadata")
        #expect(run.code == 0)
        #expect(try folder.image("out.png").text.isEmpty)
    }

    @Test func inpaintKeepsWhatIsOutsideOfTheMask() throws {
        let folder = TemporaryFolder()
        folder.picture("in.png")
        folder.mask("mask.png", rows: 2 ..< 9, columns: 3 ..< 20)
        let run = tessera(
            "inpaint", folder.file("in.png"), "--mask", folder.file("mask.png"), "-o",
            folder.file("out.png"), "--model", tinyModelPath, "--steps", "2", "--inner-steps", "1",
            "--json")
        #expect(run.code == 0)
        #expect(run.objects[0].number("holePixels") == 119)
        let (before, after) = (try folder.image("in.png"), try folder.image("out.png"))
        guard case .eight(let old) = before.samples, case .eight(let new) = after.samples else {
            Issue.record("The pictures have 8 bits")
            return
        }
        var changedCount = 0
        for index in old.indices where old[index] != new[index] {
            let (row, column) = (index / 3 / 24, index / 3 % 24)
            #expect((2 ..< 9).contains(row) && (3 ..< 20).contains(column))
            changedCount += 1
        }
        #expect(changedCount > 0)
    }

    @Test func aPictureIsTheSameAloneAndInABatch() throws {
        let folder = TemporaryFolder()
        for name in ["a", "b", "c"] {
            folder.picture("in/\(name).png", seed: UInt64(name.utf8.first ?? 0))
        }
        folder.mask("mask.png", rows: 0 ..< 16, columns: 0 ..< 12)
        func inpaint(_ path: String, _ out: String, _ threads: String) -> Int32 {
            tessera(
                "inpaint", path, "--mask", folder.file("mask.png"), "-o", folder.file(out),
                "--model", tinyModelPath, "--steps", "2", "--method", "replacement", "--seed", "3",
                "--threads", threads
            ).code
        }
        #expect(inpaint(folder.file("in"), "all", "2") == 0)
        #expect(inpaint(folder.file("in/b.png"), "b.png", "1") == 0)
        #expect(folder.read("b.png") == folder.read("all/b.png"))
    }

    @Test func masksAreFoundByName() {
        let folder = TemporaryFolder()
        folder.picture("in/a.png")
        folder.picture("in/b.png")
        folder.mask("masks/a.png", rows: 0 ..< 4, columns: 0 ..< 4)
        let run = tessera(
            "inpaint", folder.file("in"), "--mask", folder.file("masks"), "-o",
            folder.file("out"), "--model", tinyModelPath, "--steps", "1", "--inner-steps", "0")
        #expect(run.code == 1)
        #expect(run.messages.contains("no mask has the name 'b'; add one to the folder of masks"))
        #expect(TemporaryFolder.names(in: folder.file("out")) == ["a.png"])
    }

    @Test func aMaskOfAnotherSizeIsAnError() {
        let folder = TemporaryFolder()
        let run = tessera(
            "inpaint", folder.picture("in.png"), "--mask",
            folder.mask("mask.png", width: 23, rows: 0 ..< 4, columns: 0 ..< 4), "-o",
            folder.file("out.png"), "--model", tinyModelPath)
        #expect(run.code == 1)
        #expect(
            run.messages.contains(
                "is 23 x 16 pixels, but the picture is 24 x 16; make them the same size, "
                    + "or pass --mask-resize"))
    }

    @Test func aMaskIsStretchedAndGrownOnRequest() {
        let folder = TemporaryFolder()
        let run = tessera(
            "inpaint", folder.picture("in.png"), "--mask",
            folder.mask("mask.png", width: 12, height: 8, rows: 2 ..< 4, columns: 3 ..< 6), "-o",
            folder.file("out.png"), "--model", tinyModelPath, "--steps", "1", "--inner-steps", "0",
            "--mask-resize", "--mask-grow", "1", "--json")
        #expect(run.code == 0)
        // A hole of 4 × 6 pixels, and one more on every side: 6 × 8.
        #expect(run.objects[0].number("holePixels") == 48)
    }

    @Test func anEmptyMaskCopiesThePictureAndSaysSo() throws {
        let folder = TemporaryFolder()
        let run = tessera(
            "inpaint", folder.picture("in.png"), "--mask",
            folder.mask("mask.png", rows: 0 ..< 0, columns: 0 ..< 0), "-o",
            folder.file("out.png"), "--model", tinyModelPath)
        #expect(run.code == 0)
        #expect(run.messages.contains("the mask has no white pixel; the picture is copied"))
        #expect(try folder.image("out.png").samples == folder.image("in.png").samples)
    }

    @Test(arguments: [("sr2", 2), ("sr4", 4)])
    func restoreMultipliesTheSides(task: String, factor: Int) throws {
        let folder = TemporaryFolder()
        let run = tessera(
            "restore", folder.picture("in.png"), "--task", task, "-o", folder.file("out.png"),
            "--model", tinyModelPath, "--steps", "1", "--inner-steps", "1")
        #expect(run.code == 0)
        let image = try folder.image("out.png")
        #expect(image.width == 24 * factor && image.height == 16 * factor)
        #expect(image.text[keyword: "tessera"]?.contains(#""operator":"\#(task)""#) == true)
    }

    @Test func restoreRefusesWhatWouldBeTooLarge() {
        let folder = TemporaryFolder()
        let run = tessera(
            "restore",
            folder.mask("in.png", width: 2000, height: 600, rows: 0 ..< 0, columns: 0 ..< 0),
            "--task", "sr4", "-o",
            folder.file("out.png"), "--model", tinyModelPath)
        #expect(run.code == 1)
        #expect(run.messages.contains("the result would have 8000 x 2400 pixels, but at most"))
    }

    @Test func generateMakesASheetOrAFolder() throws {
        let folder = TemporaryFolder()
        let sheet = tessera(
            "generate", "--count", "3", "--size", "16", "--steps", "2", "--label", "roses",
            "--columns", "2", "-o", folder.file("sheet.png"), "--model", tinyModelPath)
        #expect(sheet.code == 0)
        let image = try folder.image("sheet.png")
        #expect(image.width == 2 * 22 + 6 && image.height == 2 * 22 + 6)
        #expect(image.text[keyword: "tessera"]?.contains(#""label":"roses""#) == true)
        let single = tessera(
            "generate", "--count", "2", "--size", "16", "--steps", "2", "-o",
            folder.file("out"), "--model", tinyModelPath)
        #expect(single.code == 0)
        #expect(TemporaryFolder.names(in: folder.file("out")) == ["0000.png", "0001.png"])
    }

    @Test func anUnknownLabelListsThoseThatExist() {
        let run = tessera(
            "generate", "--label", "cats", "-o", "/nowhere/sheet.png", "--model", tinyModelPath)
        #expect(run.code == 2)
        #expect(
            run.messages == "tessera: the model 'tiny' has no label 'cats'; it has roses, tulips\n")
    }

    @Test(arguments: [
        (["--draft"], "the model has no draft decoder; leave '--draft' out"),
        (
            ["--decoder", "perceptual"],
            "the model has no perceptual decoder; leave '--decoder perceptual' out"
        ),
    ])
    func aDecoderThatTheModelHasNotIsRefused(options: [String], sentence: String) {
        let folder = TemporaryFolder()
        let run = tessera(
            [
                "restore", folder.picture("in.png"), "--task", "sr2", "-o",
                folder.file("out.png"), "--model", tinyModelPath,
            ] + options)
        #expect(run.code == 3)
        #expect(run.messages.hasSuffix(sentence + "\n"))
        #expect(TemporaryFolder.names(in: folder.path) == ["in.png"])
    }

    @Test func fitBinsRewritesTheModel() throws {
        let folder = TemporaryFolder()
        try folder.copyTinyModel(as: "model")
        let before = folder.read("model/tokenizer.safetensors")
        let run = tessera(
            "fit-bins", folder.picture("in.png", width: 64, height: 64), "--model",
            folder.file("model"), "--method", "normal-quantile", "--json")
        #expect(run.code == 0)
        #expect(run.objects[0].number("positions") == 64)
        #expect(folder.read("model/tokenizer.safetensors") != before)
        let check = tessera(
            "reconstruct", folder.file("in.png"), "-o", folder.file("out.png"), "--model",
            folder.file("model"))
        #expect(check.code == 0)
    }

    @Test func aModelThatIsNotThereEndsTheRun() {
        let folder = TemporaryFolder()
        let run = tessera(
            "reconstruct", folder.picture("in.png"), "-o", folder.file("out.png"), "--model",
            folder.file("nothing"))
        #expect(run.code == 3)
        #expect(run.messages.contains("no model folder or shipped model is named"))
    }

    @Test(arguments: ["int8", "int4"])
    func aPackedModelWorksLikeTheOneItWasMadeFrom(format: String) throws {
        let folder = TemporaryFolder()
        let packed = folder.file("packed")
        let run = tessera("pack", tinyModelPath, "-o", packed, "--format", format, "--json")
        #expect(run.code == 0)
        let summary = try #require(run.objects.last)
        #expect(summary.number("tensors") == Double(run.objects.count - 1))
        #expect(try #require(summary.number("bytes")) > 0)
        let weights = tessera("inspect", packed + "/prior.safetensors", "--json")
        #expect(weights.text.contains("\"format.slots.0.embedding\":\"\(format)\""))
        folder.picture("in.png")
        func figures(_ task: String, of model: String) throws -> JSONObject {
            let run = tessera(
                "evaluate", folder.file("in.png"), "--task", task, "--model", model, "--json")
            #expect(run.code == 0)
            return try #require(run.objects.first)
        }
        for (task, figure) in [("reconstruct", "psnr"), ("prior", "bits50")] {
            let before = try #require(try figures(task, of: tinyModelPath).number(figure))
            let after = try #require(try figures(task, of: packed).number(figure))
            // Random weights: a tenth is a loose bound of what 4 bits change.
            #expect(before.isFinite && abs(after - before) < 0.1 * before)
        }
        #expect(tessera("pack", tinyModelPath, "-o", packed).code == 2, "never over another model")
    }
}
