import Glibc
import TesseraImage
import TesseraJSON
import Testing
import _TesseraTestSupport

/// What `inpaint` does beside sampling: samples, textures, and filling without a model.
@Suite struct InpaintCommandTests {
    private let folder = TemporaryFolder()

    /// Fills a square of a picture of noise.
    private func inpaint(_ output: String, _ arguments: String...) -> Ran {
        inpaint(output, with: arguments)
    }

    private func inpaint(_ output: String, with arguments: [String]) -> Ran {
        folder.picture("in.png", width: 72, height: 64)
        folder.mask("mask.png", width: 72, height: 64, rows: 24 ..< 40, columns: 20 ..< 38)
        return tessera(
            ["inpaint", folder.file("in.png"), "--mask", folder.file("mask.png"), "--json", "-o"]
                + [folder.file(output)] + arguments)
    }

    private var tiny: [String] {
        ["--model", tinyModelPath, "--steps", "1", "--inner-steps", "0"]
    }

    @Test func aRecipeNamesTheDenoiserThatHasASay() throws {
        func recipe(_ arguments: String...) throws -> String {
            let run = inpaint("out.png", with: tiny + ["--overwrite"] + arguments)
            #expect(run.code == 0, "\(run.messages)")
            return try #require(folder.image("out.png").text[keyword: "tessera"])
        }
        #expect(try recipe().contains(#""denoiser":{"name":"photo-denoiser""#))
        #expect(try !recipe("--denoiser", "none").contains("denoiser"))
        let foreign = inpaint("out.png", "--method", "exemplar", "--denoiser", "none")
        #expect(foreign.code == 2 && foreign.messages.contains("'--denoiser' says how a model"))
    }

    @Test func withoutAModelPixelsAreCopied() throws {
        let run = inpaint("out.png", "--method", "exemplar")
        #expect(run.code == 0, "\(run.messages)")
        #expect(run.objects[0].string("texture") == "exemplar")
        #expect(run.objects[0].number("copiedPixels") == 288)
        #expect(run.objects[0].number("residual") == nil)
        let recipe = try #require(folder.image("out.png").text[keyword: "tessera"])
        #expect(recipe.contains(#""method":"exemplar""#) && !recipe.contains(#""model""#))
        let (old, new) = (try folder.image("in.png"), try folder.image("out.png"))
        guard case .eight(let before) = old.samples, case .eight(let after) = new.samples else {
            Issue.record("the depth has changed")
            return
        }
        for index in before.indices where before[index] != after[index] {
            let (y, x) = (index / 3 / 72, index / 3 % 72)
            #expect((24 ..< 40).contains(y) && (20 ..< 38).contains(x))
        }
        #expect(before != after)
    }

    @Test func aSampleIsThePictureOfItsSeed() throws {
        let run = inpaint("out.png", "--method", "exemplar", "--samples", "3", "--seed", "4")
        #expect(run.code == 0, "\(run.messages)")
        #expect(
            TemporaryFolder.names(in: folder.path)
                == ["in.png", "mask.png", "out-1.png", "out-2.png", "out-3.png"])
        guard case .array(let samples)? = run.objects[0]["samples"] else {
            Issue.record("there are no samples")
            return
        }
        #expect(samples.count == 3)
        var pictures: [Samples] = []
        for (number, sample) in samples.enumerated() {
            guard case .object(let object) = sample else { continue }
            #expect(object.number("seed") == Double(4 + number))
            #expect(object.string("texture") == "exemplar")
            #expect(object.string("output") == folder.file("out-\(number + 1).png"))
            #expect(
                inpaint("own.png", "--method", "exemplar", "--seed", "\(4 + number)", "--overwrite")
                    .code == 0)
            #expect(folder.read("own.png") == folder.read("out-\(number + 1).png"))
            pictures.append(try folder.image("own.png").samples)
        }
        #expect(pictures[0] != pictures[1] && pictures[1] != pictures[2])
    }

    @Test func samplesOfAModelAreThoseOfTheirSeeds() {
        #expect(tessera(arguments("several", ["--samples", "2", "--seed", "1"])).code == 0)
        #expect(tessera(arguments("single", ["--seed", "2"])).code == 0)
        #expect(
            TemporaryFolder.names(in: folder.file("several")) == ["in-1.png", "in-2.png"])
        #expect(folder.read("several/in-2.png") == folder.read("single/in.png"))
    }

    private func arguments(_ output: String, _ more: [String]) -> [String] {
        folder.picture("in/in.png", width: 40, height: 32)
        folder.mask("mask.png", width: 40, height: 32, rows: 8 ..< 20, columns: 8 ..< 22)
        return [
            "inpaint", folder.file("in"), "--mask", folder.file("mask.png"), "-o",
            folder.file(output), "--json",
        ] + tiny + more
    }

    @Test func samplesThatAreThereAreKept() throws {
        #expect(tessera(arguments("out", ["--samples", "3"])).code == 0)
        let third = folder.read("out/in-3.png")
        folder.write([1, 2, 3], as: "out/in-2.png")
        unlink(folder.file("out/in-3.png"))
        let refused = tessera(arguments("out", ["--samples", "3"]))
        #expect(refused.code == 1 && refused.messages.contains("in-1.png' exists; pass"))
        let run = tessera(arguments("out", ["--samples", "3", "--skip-existing"]))
        #expect(run.code == 0)
        #expect(folder.read("out/in-2.png") == [1, 2, 3])
        #expect(folder.read("out/in-3.png") == third)
        guard case .array(let samples)? = run.objects[0]["samples"],
            case .object(let second) = samples[1]
        else {
            Issue.record("there are no samples")
            return
        }
        #expect(second["skipped"] == true && second.number("seed") == 1)
        let again = tessera(arguments("out", ["--samples", "3", "--skip-existing"]))
        #expect(again.objects[0]["skipped"] == true)
        #expect(tessera(arguments("out", ["--samples", "3", "--overwrite"])).code == 0)
        #expect(folder.read("out/in-2.png") != [1, 2, 3])
    }

    @Test func aSampleReplacesNoInputAndNoOtherResult() {
        folder.picture("in/a-1.png")
        folder.picture("in/a.png")
        folder.mask("mask.png", rows: 4 ..< 8, columns: 4 ..< 8)
        let before = folder.read("in/a-1.png")
        let run = tessera(
            ["inpaint", folder.file("in"), "--mask", folder.file("mask.png"), "-o"]
                + [folder.file("in"), "--samples", "2", "--overwrite"] + tiny)
        #expect(run.code == 1)
        #expect(run.messages.contains("the result would replace the input"))
        #expect(folder.read("in/a-1.png") == before)
        let preview = inpaint(
            "out.png", "--samples", "2", "--preview", folder.file("out-2.png"))
        #expect(preview.code == 2 && preview.messages.contains("is where other pictures go"))
    }

    @Test func theTextureIsChosen() {
        let model = inpaint("a.png", with: tiny + ["--texture", "model"])
        #expect(model.objects[0].string("texture") == "model")
        #expect(model.objects[0].number("copiedPixels") == 0)
        let exemplar = inpaint("b.png", with: tiny + ["--texture", "exemplar"])
        #expect(exemplar.objects[0].string("texture") == "exemplar")
        #expect(exemplar.objects[0].number("residual") != nil)
        #expect(!exemplar.messages.contains("the model's texture"))
        #expect(folder.read("a.png") != folder.read("b.png"))
    }

    /// All but a frame of two pixels is missing: no patch of known pixels is left.
    @Test func withTooLittleToCopyTheModelStandsInOrASentenceSaysSo() {
        folder.picture("in.png")
        folder.mask("mask.png", rows: 2 ..< 14, columns: 2 ..< 22)
        let common = [
            "inpaint", folder.file("in.png"), "--mask", folder.file("mask.png"), "--json", "-o",
            folder.file("out.png"),
        ]
        let alone = tessera(common + ["--method", "exemplar"])
        #expect(alone.code == 1)
        #expect(alone.messages.contains("there is too little to copy from to fill the hole; leave"))
        let helped = tessera(common + tiny + ["--texture", "exemplar"])
        #expect(helped.code == 0)
        #expect(helped.objects[0].string("texture") == "model")
        #expect(helped.messages.contains("240 of 240 pixels have the model's texture"))
        folder.mask("mask.png", rows: 0 ..< 16, columns: 0 ..< 24)
        let nothing = tessera(common + ["--method", "exemplar", "--overwrite"])
        #expect(nothing.code == 1 && nothing.messages.contains("nothing is known of it"))
    }

    @Test func masksOfWhatIsAvoidedObeyTheRulesOfMasks() {
        folder.mask("all.png", width: 72, height: 64, rows: 0 ..< 64, columns: 0 ..< 72)
        let nothing = inpaint(
            "out.png", "--method", "exemplar", "--avoid", folder.file("all.png"))
        #expect(nothing.code == 1 && nothing.messages.contains("too little to copy from"))
        folder.mask("small.png", width: 36, height: 32, rows: 0 ..< 4, columns: 0 ..< 36)
        let small = ["--method", "exemplar", "--avoid", folder.file("small.png")]
        let refused = inpaint("out.png", with: small)
        #expect(refused.code == 1 && refused.messages.contains("is 36 x 32 pixels, but"))
        #expect(inpaint("out.png", with: small + ["--mask-resize"]).code == 0)
        let itself = tessera(
            "inpaint", folder.file("in.png"), "--mask", folder.file("mask.png"), "--avoid",
            folder.file("all.png"), "-o", folder.file("all.png"), "--overwrite", "--method",
            "exemplar")
        #expect(itself.code == 1 && itself.messages.contains("would replace the input"))
    }

    @Test func whatWasTransparentIsSeen() throws {
        let picture = noisePicture(width: 48, height: 48)
        let alpha: [UInt8] = (0 ..< 48 * 48).map {
            (16 ..< 30).contains($0 / 48) && (16 ..< 30).contains($0 % 48) ? 0 : 254
        }
        let image = Image(
            width: 48, height: 48, colour: .rgb, samples: picture.samples, alpha: .eight(alpha))
        let path = folder.write(try image.encoded(as: .png), as: "in.png")
        let run = tessera(
            "inpaint", path, "--mask", path, "--mask-polarity", "transparent", "-o",
            folder.file("out.png"), "--method", "exemplar")
        #expect(run.code == 0, "\(run.messages)")
        #expect(
            try folder.image("out.png").alpha == .eight(alpha.map { $0 == 0 ? 255 : $0 }))
    }

    /// A disc whose edge passes from white to black within four pixels.
    @Test func aMaskWithSoftEdgesIsWidenedAndMixed() throws {
        let mask = Image(
            width: 72, height: 64, colour: .gray,
            samples: .eight(
                (0 ..< 64 * 72).map { pixel in
                    let (y, x) = (Double(pixel / 72) - 30.3, Double(pixel % 72) - 33.6)
                    return UInt8(min(max(64 * (11 - (y * y + x * x).squareRoot()), 0), 255))
                }))
        let path = folder.write(try mask.encoded(as: .png), as: "soft.png")
        let run = inpaint("out.png", "--method", "exemplar", "--mask", path)
        #expect(run.code == 0, "\(run.messages)")
        #expect(run.objects[0].number("maskGrow") == 2)
        let wider = inpaint(
            "wider.png", "--method", "exemplar", "--mask", path, "--mask-grow", "4")
        #expect(wider.objects[0].number("maskGrow") == 4)
        let (few, many) = (
            run.objects[0].number("holePixels"), wider.objects[0].number("holePixels")
        )
        #expect((few ?? 0) > 0 && (few ?? 0) < (many ?? 0))
        let sharp = inpaint("sharp.png", "--method", "exemplar")
        #expect(sharp.objects[0].number("maskGrow") == 0)
        // Two pixels beyond where the mask is black all is as it was.
        let (old, new) = (try folder.image("in.png"), try folder.image("out.png"))
        guard case .eight(let before) = old.samples, case .eight(let after) = new.samples else {
            Issue.record("the depth has changed")
            return
        }
        for index in before.indices where before[index] != after[index] {
            let (y, x) = (Double(index / 3 / 72) - 30.3, Double(index / 3 % 72) - 33.6)
            #expect((y * y + x * x).squareRoot() < 11 + 2 * 2.0.squareRoot())
        }
    }

    static let wrong: [(arguments: [String], sentence: String)] = [
        (["--samples", "0"], "'--samples' is 0, but must be from 1 to 64"),
        (["--samples", "65"], "'--samples' is 65, but must be from 1 to 64"),
        (["--samples", "2", "-o", "-"], "standard output holds one picture, but '--samples' is 2"),
        (["--source-radius", "0"], "'--source-radius' is 0, but must be from 1 to 65536"),
        (["--texture", "paint"], "The value 'paint' is invalid for '--texture <texture>'"),
        (
            ["--method", "exemplar", "--texture", "model"],
            "'--texture model' needs a model, but '--method exemplar' asks none"
        ),
        (["--method", "exemplar", "--steps", "3"], "'--steps' says how a model works, but"),
        (["--method", "exemplar", "--label", "cat"], "'--label' says how a model works, but"),
        (
            ["--method", "exemplar", "--preview", "p.png"],
            "'--preview' says how a model works, but"
        ),
        (["--method", "exemplar", "--model", "m"], "'--model' says how a model works, but"),
        (["--method", "patches"], "The value 'patches' is invalid for '--method <method>'"),
    ]

    @Test(arguments: wrong.indices)
    func whatMakesNoSenseIsRefused(number: Int) {
        let (arguments, sentence) = Self.wrong[number]
        let output = arguments.contains("-o") ? [] : ["-o", "out.png"]
        let run = tessera(["inpaint", "in.png", "--mask", "mask.png"] + output + arguments)
        #expect(run.code == 2)
        #expect(run.messages.contains(sentence), "\(run.messages)")
    }
}
