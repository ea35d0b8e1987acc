import TesseraJSON
import TesseraImage
import TesseraTensor
import Testing
import _TesseraTestSupport

@Suite struct MeasuringTests {
    @Test func evaluatePrintsOneObjectAPictureThenTheMean() throws {
        let folder = TemporaryFolder()
        folder.picture("in/a.png", seed: 1)
        folder.picture("in/b.png", seed: 2)
        let run = tessera("evaluate", folder.file("in"), "--model", tinyModelPath, "--json")
        #expect(run.code == 0)
        let objects = run.objects
        try #require(objects.count == 3)
        #expect(objects[0].string("file") == folder.file("in/a.png"))
        let mean = try #require(objects[2].object("mean"))
        for name in ["psnr", "ssim", "bitsPerPixel"] {
            let values = try objects.prefix(2).map { try #require($0.number(name)) }
            let expected = (values[0] + values[1]) / 2
            #expect(abs(try #require(mean.number(name)) - expected) < 1e-12)
        }
        guard case .array(let usage)? = objects[2].object("codebook")?["usage"] else {
            Issue.record("The usage of each slot is printed")
            return
        }
        #expect(usage.count == 4)
        #expect(objects[2].string("model") == "tiny")
    }

    @Test func evaluateForPeoplePrintsALineAPicture() {
        let folder = TemporaryFolder()
        let run = tessera(
            "evaluate", folder.picture("a.png"), "--model", tinyModelPath, "--quiet")
        #expect(run.code == 0)
        let lines = run.text.split(separator: "\n")
        #expect(lines.count == 6)
        #expect(lines[0].hasPrefix("a.png  psnr "))
        #expect(lines[1].hasPrefix("mean of 1  psnr "))
        #expect(lines[2].hasPrefix("slot 0  codes in use "))
    }

    @Test func evaluateDamagesAndRecovers() throws {
        let folder = TemporaryFolder()
        folder.picture("in/a.png", width: 80, height: 72, seed: 1)
        folder.picture("in/b.png", width: 80, height: 72, seed: 2)
        let aps = tessera(
            "evaluate", folder.file("in"), "--task", "inpaint-box", "--model", tinyModelPath,
            "--limit", "1", "--steps", "1", "--inner-steps", "1", "--json")
        #expect(aps.code == 0)
        try #require(aps.objects.count == 2)
        #expect(aps.objects[0].number("holePsnr") != nil)
        #expect(aps.objects[1].string("method") == "aps")
        // Without a model: none is looked for.
        let bicubic = tessera(
            "evaluate", folder.file("in"), "--task", "sr4", "--method", "bicubic", "--json")
        #expect(bicubic.code == 0)
        #expect(bicubic.objects.count == 3)
        #expect(bicubic.objects[2]["model"] == nil)
    }

    @Test func evaluateAddsTheDistanceOfFeatures() throws {
        let folder = TemporaryFolder()
        let picture = folder.picture("a.png", width: 80, height: 72, seed: 1)
        for more in [["--model", tinyModelPath], ["--task", "sr4", "--method", "bicubic"]] {
            let run = tessera(
                ["evaluate", picture, "--perceptual", narrowSqueezeNetPath, "--json"] + more)
            #expect(run.code == 0)
            try #require(run.objects.count == 2)
            let distance = try #require(run.objects[0].number("perceptual"))
            #expect(distance > 0 && distance < 2)
            #expect(run.objects[1].object("mean")?.number("perceptual") == distance)
        }
        let refused = tessera(
            "evaluate", picture, "--perceptual", tinyModelPath + "/prior.safetensors", "--model",
            tinyModelPath)
        #expect(refused.code == 3)
        #expect(refused.messages.contains("tensor 'conv1.weight' is missing among the "))
    }

    @Test func evaluateSaysHowAHoleLooks() throws {
        let folder = TemporaryFolder()
        for (name, seed) in [("a", 1), ("b", 2)] {
            folder.picture("in/\(name).png", width: 80, height: 72, seed: UInt64(seed))
        }
        let run = tessera(
            "evaluate", folder.file("in"), "--task", "inpaint-box", "--box", "24", "--box-place",
            "random", "--method", "smooth", "--perceptual", narrowSqueezeNetPath, "--json")
        #expect(run.code == 0)
        try #require(run.objects.count == 3)
        let mean = try #require(run.objects[2].object("mean"))
        for name in ["holeDistance", "frechet", "seam"] {
            let values = run.objects.prefix(2).compactMap { $0.number(name) }
            try #require(values.count == 2)
            #expect(abs(try #require(mean.number(name)) - (values[0] + values[1]) / 2) < 1e-12)
        }
        let ratios = run.objects.prefix(2).compactMap { $0.number("sharpness") }
        try #require(ratios.count == 2 && ratios.allSatisfy { $0 > 0 && $0 < 1 })
        // Logarithms and their inverse cost some units in the last place.
        let sharpness = try #require(mean.number("sharpness"))
        #expect(abs(sharpness * sharpness - ratios[0] * ratios[1]) < 1e-12)
        #expect(mean.number("sharpnessOctaves") != nil)
        let scattered = tessera(
            "evaluate", folder.file("in"), "--task", "inpaint-random", "--method", "smooth",
            "--json")
        #expect(scattered.objects.last?.object("mean")?.number("holePsnr") != nil)
        #expect(scattered.objects.last?.object("mean")?.number("sharpness") == nil)
    }

    @Test func texturesOfHolesAreMeasuredWithAModelAndWithout() throws {
        let folder = TemporaryFolder()
        folder.picture("in/a.png", width: 72, height: 64)
        func evaluate(_ arguments: [String]) -> Ran {
            tessera(
                ["evaluate", folder.file("in"), "--task", "inpaint-box", "--box", "24", "--json"]
                    + arguments)
        }
        let alone = evaluate(["--method", "exemplar"])
        #expect(alone.code == 0, "\(alone.messages)")
        #expect(alone.objects[0].number("outsideChange") == 0)
        let tiny = ["--model", tinyModelPath, "--method", "replacement", "--steps", "1"]
        let figures = ["model", "exemplar"].map { texture in
            evaluate(tiny + ["--texture", texture]).objects.first?.number("psnr")
        }
        #expect(figures[0] != nil && figures[1] != nil && figures[0] != figures[1])
        let refused = evaluate(["--method", "exemplar", "--texture", "model"])
        #expect(refused.code == 2 && refused.messages.contains("needs a method that samples"))
        let other = tessera(
            "evaluate", folder.file("in"), "--task", "sr4", "--texture", "model")
        #expect(other.code == 2 && other.messages.contains("needs a task with holes, but"))
    }

    @Test func degradePutsABoxAtAPlaceByChance() throws {
        let folder = TemporaryFolder()
        let picture = folder.picture("in.png", width: 100, height: 90)
        func mask(_ more: String...) throws -> [Bool] {
            let run = tessera(
                [
                    "degrade", picture, "--task", "inpaint-box", "--box", "30", "-o",
                    folder.file("out.png"), "--mask-output", folder.file("mask.png"), "--overwrite",
                ]
                    + more)
            #expect(run.code == 0)
            return try folder.image("mask.png").mask().elements
        }
        let random = try mask("--box-place", "random")
        #expect(random.count { $0 } == 900)
        #expect(try mask("--box-place", "random") == random)
        #expect(try mask("--box-place", "random", "--seed", "1") != random)
        #expect(try mask() == mask("--box-place", "middle"))
        #expect(try mask() != random)
    }

    @Test func degradeTakesAsManyPixelsAsAsked() throws {
        let folder = TemporaryFolder()
        let picture = folder.picture("in.png", width: 20, height: 30)
        func degrade(_ part: String) -> (code: Int32, messages: String) {
            let run = tessera(
                "degrade", picture, "--task", "inpaint-random", "--missing", part, "-o",
                folder.file("out.png"), "--mask-output", folder.file("mask.png"), "--overwrite")
            return (run.code, run.messages)
        }
        #expect(degrade("0.9").code == 0)
        #expect(try folder.image("mask.png").mask().elements.count { $0 } == 540)
        let refused = degrade("1.5")
        #expect(refused.code == 2)
        #expect(refused.messages.contains("'--missing' is 1.5, but must be from 0 to 1"))
    }

    @Test func aMethodThatCannotDoTheTaskIsRefused() {
        let run = tessera("evaluate", "x.png", "--task", "sr4", "--method", "smooth")
        #expect(run.code == 2)
        #expect(run.messages.hasPrefix("tessera: '--method smooth' cannot do '--task sr4'\n"))
        let plain = tessera("evaluate", "x.png", "--method", "aps")
        #expect(plain.code == 2)
    }

    @Test func degradeWritesTheMask() throws {
        let folder = TemporaryFolder()
        let run = tessera(
            "degrade", folder.picture("in.png", width: 100, height: 90), "--task", "inpaint-box",
            "-o", folder.file("holed.png"), "--mask-output", folder.file("mask.png"), "--json")
        #expect(run.code == 0)
        #expect(run.objects[0].string("mask") == folder.file("mask.png"))
        let mask = try folder.image("mask.png").mask().elements
        #expect(mask.count { $0 } == 64 * 64)
        guard case .eight(let samples) = try folder.image("holed.png").samples else { return }
        for (index, isHole) in mask.enumerated() where isHole {
            #expect(samples[3 * index] == 128)
        }
    }

    @Test func aTaskWithoutAMaskRefusesToWriteOne() {
        let run = tessera(
            "degrade", "x.png", "--task", "sr4", "-o", "y.png", "--mask-output", "m.png")
        #expect(run.code == 2)
        #expect(run.messages.contains("needs a task with a mask, but 'sr4' has none"))
    }

    @Test func sheetPutsPicturesSideBySide() throws {
        let folder = TemporaryFolder()
        let run = tessera(
            "sheet", folder.picture("a.png"), folder.picture("b.png"), "--labels", "x,y", "-o",
            folder.file("sheet.png"), "--columns", "2")
        #expect(run.code == 0)
        #expect(try folder.image("sheet.png").width == 2 * 30 + 6)
        let wrong = tessera(
            "sheet", folder.file("a.png"), "--labels", "x,y", "-o", folder.file("other.png"))
        #expect(wrong.code == 2)
        #expect(wrong.messages == "tessera: there are 2 labels for 1 pictures\n")
    }

    @Test func aSheetTakesVersionsOfOneName() throws {
        let folder = TemporaryFolder()
        let run = tessera(
            "sheet", folder.picture("before/a.png"), folder.picture("after/a.png", seed: 2), "-o",
            folder.file("sheet.png"), "--columns", "1")
        #expect(run.code == 0)
        #expect(try folder.image("sheet.png").height > 2 * 16)
    }

    @Test func inspectReadsWhatTheFilesSay() throws {
        let folder = TemporaryFolder()
        let picture = tessera("inspect", folder.picture("a.jpg", format: .jpeg), "--json")
        #expect(picture.code == 0)
        #expect(picture.objects[0].string("format") == "jpeg")
        #expect(picture.objects[0].number("width") == 24)
        let model = tessera("inspect", tinyModelPath, "--json")
        #expect(model.code == 0)
        #expect(model.objects[0].string("name") == "tiny")
        #expect(model.objects[0].number("bitsPerPosition") == 16)
        let weights = tessera("inspect", tinyModelPath + "/prior.safetensors")
        #expect(weights.code == 0)
        #expect(weights.text.contains("layers.0.attention.qkv.weight"))
        let broken = tessera("inspect", folder.write([0, 1], as: "b.safetensors"))
        #expect(broken.code == 3)
        #expect(tessera("inspect", folder.file("none.png")).code == 1)
    }

    @Test func aRecipeIsShownAsWhatItIs() throws {
        let folder = TemporaryFolder()
        let made = tessera(
            "reconstruct", folder.picture("in.png"), "-o", folder.file("out.png"), "--model",
            tinyModelPath)
        #expect(made.code == 0)
        let run = tessera("inspect", folder.file("out.png"), "--json")
        let recipe = run.objects[0].object("text")?.object("tessera")
        #expect(recipe?.string("command") == "reconstruct")
        #expect(recipe?.object("model")?.string("name") == "tiny")
    }
}
