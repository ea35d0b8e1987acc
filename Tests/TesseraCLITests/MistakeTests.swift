import Glibc
import TesseraFiles
import TesseraImage
import TesseraJSON
import Testing
import _TesseraTestSupport

/// What people type, and what the program makes of it before any work.
@Suite struct MistakeTests {
    private let folder = TemporaryFolder()
    private var model: [String] { ["--model", tinyModelPath] }

    @Test(arguments: [
        (["recontruct"], "did you mean 'reconstruct'?"),
        (["help", "inpant"], "did you mean 'inpaint'?"),
        (["tokens", "statz"], "did you mean 'tokens stats'?"),
        (["tokens", "frobnicate"], "there are stats"),
        (["xyzzyx"], "there are "),
    ])
    func aMistypedCommandGetsASuggestion(words: [String], advice: String) {
        let run = tessera(words)
        #expect(run.code == 2 && run.output.isEmpty)
        #expect(run.messages.contains(advice), "\(run.messages)")
    }

    @Test(arguments: [
        (
            ["inpaint", "a.png", "--methd", "exemplar"],
            "'tessera inpaint' has no option '--methd'; did you mean '--method'?"
        ),
        (
            ["inpaint", "a.png", "--msk=hole.png"],
            "'tessera inpaint' has no option '--msk'; did you mean '--mask'?"
        ),
        (["tokens", "stats", "--exampls", "3"], "did you mean '--examples'?"),
        (["models", "--frob"], "has no option '--frob'; see 'tessera models --help'"),
        (["--versoin"], "'tessera' has no option '--versoin'; did you mean '--version'?"),
    ])
    func aMistypedOptionIsNamedBeforeWhatIsMissing(words: [String], sentence: String) {
        let run = tessera(words)
        #expect(run.code == 2 && run.output.isEmpty)
        #expect(run.messages.contains(sentence), "\(run.messages)")
        #expect(!run.messages.contains("Missing"))
    }

    @Test func whatIsMissingIsNamedWhereAllOptionsAreKnown() {
        let run = tessera("inpaint", "a.png", "--no-metadata", "-o", "b.png", "--", "--methd")
        #expect(run.code == 2 && run.messages.contains("Missing expected argument '--mask"))
    }

    @Test(arguments: ["webp", "TIFF", "gif", "heic", "bmp"])
    func aNameOfAnotherFormatIsNoFolder(ending: String) {
        folder.picture("in.png", width: 16, height: 16)
        let name = folder.file("out.\(ending)")
        let run = tessera(["reconstruct", folder.file("in.png"), "-o", name] + model)
        #expect(run.code == 2 && run.messages.contains("only .png and .jpg are written"))
        #expect(TemporaryFolder.names(in: folder.path) == ["in.png"])
        // With a slash it is meant for a folder.
        let meant = tessera(["reconstruct", folder.file("in.png"), "-o", name + "/"] + model)
        #expect(meant.code == 0 && isFolder(name), "\(meant.messages)")
    }

    @Test func aFileMayBeginWithAHyphen() throws {
        folder.picture("-in.png", width: 16, height: 16)
        let missing = tessera("reconstruct", "-nothing.png", "-o", folder.file("out.png"))
        #expect(missing.code == 2 && missing.messages.contains("there is no file of that name"))
        // In a path the hyphen is no matter; a bare name is looked for in the working directory.
        let run = tessera(
            ["reconstruct", folder.file("-in.png"), "-o", folder.file("out.png")] + model)
        #expect(run.code == 0, "\(run.messages)")
    }

    @Test func whatIsNoPictureIsNotCountedAsOne() throws {
        folder.picture("pictures/a.png", width: 16, height: 16)
        #expect(mkfifo(folder.file("pictures/b.png"), 0o600) == 0)
        let run = tessera(
            ["reconstruct", folder.file("pictures"), "-o", folder.file("out")] + model)
        #expect(run.code == 1)
        #expect(run.messages.contains("1 picture in"), "\(run.messages)")
        try makeFolders(folder.file("empty"))
        let none = tessera(
            ["reconstruct", folder.file("empty"), "-o", folder.file("out2")] + model)
        #expect(none.code == 1 && none.messages.contains("0 pictures in"), "\(none.messages)")
    }

    @Test func aPlaceThatCannotBeWrittenIsFoundBeforeAnyWork() {
        folder.picture("in.png", width: 16, height: 16)
        // No folder can be made in /proc, even by root.
        let run = tessera(
            ["reconstruct", folder.file("in.png"), "-o", "/proc/tessera/out.png", "--json"] + model)
        #expect(run.code == 4)
        #expect(run.objects.count == 1 && run.objects[0].number("exitCode") == 4)
        let file = tessera(
            ["reconstruct", folder.file("in.png"), "-o", folder.file("in.png/out.png")] + model)
        #expect(file.code == 4, "\(file.messages)")
    }

    @Test func aDeviceTakesAnyPicture() {
        folder.picture("in.png", width: 16, height: 16)
        let run = tessera(["reconstruct", folder.file("in.png"), "-o", "/dev/null"] + model)
        #expect(run.code == 0, "\(run.messages)")
    }

    @Test(arguments: [
        ["reconstruct", "IN", "-o", "OUT", "--model", "nowhere"],
        ["inpaint", "IN", "--mask", "nowhere.png", "-o", "OUT"],
        ["reconstruct", "IN", "-o", "OUT", "--threads", "0"],
        ["reconstruct", "IN", "-o", "OUT", "--frob"],
        ["recontruct", "IN", "-o", "OUT"],
    ])
    func jsonSaysWhyARunEnds(words: [String]) throws {
        folder.picture("in.png", width: 16, height: 16)
        let run = tessera(
            words.map {
                $0 == "IN" ? folder.file("in.png") : $0 == "OUT" ? folder.file("out.png") : $0
            } + ["--json"])
        #expect(run.code > 1)
        let object = try #require(run.objects.last)
        #expect(run.objects.count == 1 && object.number("exitCode") == Double(run.code))
        #expect(object.string("error").map(run.messages.contains) == true)
        #expect(object.object("summary")?.number("done") == 0)
    }

    @Test func aResultThatNoFormatHoldsIsRefusedBeforeAnyWork() {
        folder.picture("in.png", width: 8192, height: 1)
        let run = tessera(
            ["restore", folder.file("in.png"), "--task", "sr8", "-o", folder.file("out.png")]
                + model)
        #expect(run.code == 1)
        #expect(
            run.messages.contains("65536 x 8 pixels, but a side has at most"), "\(run.messages)")
    }
}
