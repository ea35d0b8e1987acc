import TesseraCheckpoint
import TesseraImage
import TesseraTensor
import Testing
import _TesseraTestSupport

@Suite struct RestoringTests {
    private let folder = TemporaryFolder()

    private func restore(_ arguments: String...) -> Ran {
        tessera(
            ["restore", folder.picture("in.png"), "-o", folder.file("out.png"), "--json"]
                + ["--model", tinyModelPath, "--steps", "1", "--inner-steps", "1", "--overwrite"]
                + arguments)
    }

    /// A kernel file; by default one that blurs a little.
    private func kernel(_ weights: [Float] = [0.25, 0.5, 0.25]) throws -> String {
        let path = folder.file("kernel.npy")
        try NumPyFile.write(
            Tensor(shape: [1, weights.count], elements: weights), to: path, replacing: true)
        return path
    }

    @Test(arguments: [
        ("sr8", 8), ("pool4", 4), ("deblur-gaussian", 1), ("hdr", 1), ("jpeg", 1),
        ("colorize", 1), ("denoise", 1), ("deblur-nonlinear", 1),
    ])
    func aTaskGivesAPictureOfItsSize(task: String, factor: Int) throws {
        let run = restore("--task", task)
        #expect(run.code == 0, "\(run.messages)")
        #expect(try folder.image("out.png").width == 24 * factor)
        let facts = try #require(run.objects.first)
        #expect(facts.number("residual") != nil && facts.number("noise") != nil)
    }

    /// Restores without a word about tokens.
    private func restoreByPixels(_ arguments: String...) -> Ran {
        tessera(
            ["restore", folder.picture("in.png"), "-o", folder.file("out.png"), "--json"]
                + ["--overwrite"] + arguments)
    }

    @Test(arguments: [("denoise", 1), ("sr2", 2), ("jpeg", 1), ("deblur-gaussian", 1)])
    func aDenoiserRestoresUnlessTokensAreAskedFor(task: String, factor: Int) throws {
        let run = restoreByPixels("--task", task, "--noise", "0.1")
        #expect(run.code == 0, "\(run.messages)")
        #expect(try folder.image("out.png").width == 24 * factor)
        let recipe = try #require(folder.image("out.png").text.first).value
        #expect(recipe.contains(#""method":"pixels""#) && !recipe.contains(#""model""#))
        #expect(restore("--task", task, "--noise", "0.1").code == 0)
        let sampled = try #require(folder.image("out.png").text.first).value
        #expect(sampled.contains(#""method":"aps""#) && sampled.contains(#""model""#))
    }

    @Test func aLookChangesThePictureAndIsInItsRecipe() throws {
        #expect(restoreByPixels("--task", "jpeg", "--look", "faithful").code == 0)
        let faithful = try folder.image("out.png")
        #expect(!faithful.text[0].value.contains("look"))
        #expect(restoreByPixels("--task", "jpeg", "--look", "0.25").code == 0)
        let other = try folder.image("out.png")
        #expect(other.samples != faithful.samples)
        #expect(other.text[0].value.contains(#""look":"0.25""#))
    }

    @Test(arguments: [
        (["--task", "colorize", "--method", "pixels"], 2, "cannot do '--task colorize'"),
        (["--task", "sr2", "--method", "pixels", "--steps", "3"], 2, "'--steps' says how"),
        (["--task", "sr2", "--method", "pixels", "--denoiser", "none"], 2, "needs a denoiser"),
        (["--task", "sr2", "--denoiser", "photo-dimension"], 3, "the model has no denoiser"),
        (["--task", "hdr", "--look", "sharp"], 2, "'--decoder' chooses between"),
        (["--task", "sr2", "--steps", "3", "--look", "sharp"], 2, "tokens are sampled"),
        (["--task", "sr2", "--denoiser", "none", "--look", "sharp"], 2, "needs a denoiser"),
        (["--task", "sr2", "--look", "crisp"], 2, "The value 'crisp' is invalid for '--look"),
    ])
    func whatADenoiserCannotDoIsSaid(arguments: [String], code: Int32, sentence: String) {
        let run = tessera(
            ["restore", folder.picture("in.png"), "-o", folder.file("out.png")] + arguments)
        #expect(run.code == code)
        #expect(run.messages.contains(sentence), "\(run.messages)")
    }

    @Test func aBlurOfOnesOwnIsUndone() throws {
        let run = restore("--task", "deblur-motion", "--kernel", try kernel(), "--noise", "0.1")
        #expect(run.code == 0, "\(run.messages)")
        #expect(run.objects[0].number("noise") == 0.1)
        let recipe = try #require(folder.image("out.png").text.first).value
        #expect(recipe.contains(#""operator":"deblur-motion""#))
        #expect(recipe.contains(#""noise":0.1"#))
    }

    @Test func whatIsJudgedIsSaid() {
        // The picture is noise all over.
        let judged = restore("--task", "sr2")
        #expect((judged.objects.first?.number("noise") ?? 0) > 0.1)
        #expect(judged.messages.contains("it seems to have noise of"))
        let told = restore("--task", "sr2", "--noise", "0")
        #expect(told.objects.first?.number("noise") == 0)
        #expect(!told.messages.contains("noise"))
    }

    @Test func samplesAreDrawnWithTheSeedsThatFollow() throws {
        let run = restore(
            "--task", "sr2", "--samples", "2", "--seed", "5", "--save-mean",
            folder.file("mean.png"), "--save-std", folder.file("std.png"))
        #expect(run.code == 0, "\(run.messages)")
        let first = try folder.image("out.png").pixels
        _ = restore("--task", "sr2", "--seed", "6")
        let second = try folder.image("out.png").pixels
        let mean = try folder.image("mean.png").pixels
        for i in 0 ..< mean.count {
            let expected = (first.elements[i] + second.elements[i]) / 2
            // Half a level of 8 bits.
            guard abs(mean.elements[i] - expected) < 0.0041 else {
                Issue.record("sample \(i) of the mean is \(mean.elements[i]), not \(expected)")
                return
            }
        }
        #expect(try folder.image("std.png").width == 48)
    }

    @Test func thePreviewEndsAsTheResult() throws {
        let run = restore("--task", "sr2", "--steps", "3", "--preview", folder.file("seen.png"))
        #expect(run.code == 0, "\(run.messages)")
        let seen = try folder.image("seen.png")
        #expect(seen.samples == (try folder.image("out.png").samples))
        _ = restore(
            "--task", "sr2", "--noise", "0", "--steps", "3", "--preview",
            folder.file("seen.png"), "--preview-every", "2")
        // The second of three steps is the last that is shown.
        #expect(try folder.image("seen.png").samples != seen.samples)
    }

    static let wrong: [(arguments: [String], sentence: String)] = [
        (["--task", "sr4", "--refresh", "0"], "'--refresh' is 0, but must be at least 1"),
        (["--task", "sr4", "--noise=-1"], "'--noise' is -1.0, but must be from 0 to 2"),
        (["--task", "sr4", "--noise", "nan"], "'--noise' is nan, but must be from 0 to 2"),
        (["--task", "jpeg", "--jpeg-quality", "0"], "must be from 1 to 100"),
        (["--task", "deblur-motion"], "'--task deblur-motion' needs the kernel of the blur"),
        (["--task", "sr4", "--kernel", "k.npy"], "needs a task that blurs, but 'sr4' does not"),
        (["--task", "sharpen"], "The value 'sharpen' is invalid for '--task <task>'"),
        (["--task", "phase-retrieval"], "'phase-retrieval' is invalid for '--task <task>'"),
        (["--task", "sr4", "--save-mean", "m.png"], "need '--samples' of at least 2"),
        (
            ["--task", "sr4", "--preview-every", "0"],
            "'--preview-every' is 0, but must be at least"
        ),
        (["--task", "sr4", "--preview", "-"], "a preview needs a file's name"),
        (["--task", "sr4", "--preview", "out.png"], "is where other pictures go; name another"),
        (
            ["--task", "sr4", "--samples", "2", "--save-std", "m.png", "--preview", "m.png"],
            "name another place for a preview"
        ),
    ]

    @Test(arguments: wrong.indices)
    func whatMakesNoSenseIsRefused(number: Int) {
        let (arguments, sentence) = Self.wrong[number]
        let run = tessera(["restore", "in.png", "-o", "out.png"] + arguments)
        #expect(run.code == 2)
        #expect(run.messages.contains(sentence), "\(run.messages)")
    }

    @Test(arguments: [
        [0.5, Float.nan, 0.5], [0.5, 0.5], [0.1, 0.2, 0.1],
    ])
    func aKernelThatIsNoneIsRefused(weights: [Float]) throws {
        let run = restore("--task", "deblur-motion", "--kernel", try kernel(weights))
        #expect(run.code == 2)
        #expect(run.messages.hasPrefix("tessera: the "))
        #expect(run.messages.contains("kernel.npy'"))
    }

    @Test func aMaskOfTheWholePictureIsRefused() {
        let run = tessera(
            "inpaint", folder.picture("in.png"), "--mask",
            folder.mask("mask.png", rows: 0 ..< 16, columns: 0 ..< 24), "-o",
            folder.file("out.png"), "--model", tinyModelPath)
        #expect(run.code == 1)
        #expect(run.messages.contains("the mask covers the whole picture, so nothing is known"))
    }
}

@Suite struct DegradingTests {
    private let folder = TemporaryFolder()

    @Test func theExactMeasurementIsWritten() throws {
        let run = tessera(
            "degrade", folder.picture("in.png", width: 32, height: 32), "--task", "phase-retrieval",
            "--noise", "0.01", "-o", folder.file("seen.png"), "--measurement-output",
            folder.file("y"), "--json")
        #expect(run.code == 0, "\(run.messages)")
        let path = try #require(run.objects[0].string("measurement"))
        #expect(path == folder.file("y/in.npy"))
        // A quarter of a side beyond each edge.
        #expect(try NumPyFile.read(path).shape == [1, 48, 48, 3])
        #expect(try folder.image("seen.png").width == 48)
    }

    @Test func theSameSeedDamagesInTheSameWay() throws {
        func damaged(_ seed: String) throws -> Image {
            let run = tessera(
                "degrade", folder.picture("in.png"), "--task", "denoise", "--noise", "0.2",
                "--seed", seed, "-o", folder.file("noisy.png"), "--overwrite")
            #expect(run.code == 0, "\(run.messages)")
            return try folder.image("noisy.png")
        }
        #expect(try damaged("1") == damaged("1"))
        #expect(try damaged("1") != damaged("2"))
    }

    @Test func aTaskOfNothingButNoiseNeedsSome() {
        let run = tessera("degrade", "in.png", "--task", "denoise", "-o", "out.png")
        #expect(run.code == 2)
        #expect(run.messages.contains("'--task denoise' needs noise; add '--noise' or '--poisson'"))
    }

    @Test func noiseIsOfOneKind() {
        let run = tessera(
            "evaluate", "in.png", "--task", "denoise", "--poisson", "30", "--noise", "0.1")
        #expect(run.code == 2)
        #expect(run.messages.contains("'--poisson' and '--noise' exclude each other"))
    }

    @Test func whatIsMeasuredAsAWholeHasALimit() {
        let run = tessera(
            "evaluate", folder.picture("wide.png", width: 700), "--task", "phase-retrieval",
            "--model", tinyModelPath, "--method", "ceiling")
        #expect(run.code == 1)
        #expect(run.messages.contains("but 'phase-retrieval' is measured as a whole"))
    }
}
