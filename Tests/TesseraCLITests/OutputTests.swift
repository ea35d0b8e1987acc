import TesseraJSON
import TesseraImage
import Testing
import _TesseraTestSupport

/// Where results go, held against `degrade`, which needs no model.
@Suite struct OutputTests {
    private func reduce(_ arguments: String...) -> Ran {
        tessera(["degrade", "--task", "sr2"] + arguments)
    }

    @Test func oneInputAndAPicturesNameGiveThatPicture() throws {
        let folder = TemporaryFolder()
        let run = reduce(folder.picture("in.png"), "-o", folder.file("new/out.jpg"))
        #expect(run.code == 0)
        let image = try folder.image("new/out.jpg")
        #expect(image.format == .jpeg)
        #expect(image.width == 12 && image.height == 8)
    }

    @Test func aFolderKeepsItsSubfoldersAndFormats() throws {
        let folder = TemporaryFolder()
        folder.picture("in/b.jpg", format: .jpeg)
        folder.picture("in/a/c.PNG")
        folder.write([1, 2, 3], as: "in/notes.txt")
        folder.picture("in/.hidden.png")
        // The content counts, not the name.
        folder.picture("in/liar.png", format: .jpeg)
        let run = reduce(folder.file("in"), "-o", folder.file("out"))
        #expect(run.code == 0)
        #expect(TemporaryFolder.names(in: folder.file("out")) == ["a", "b.jpg", "liar.jpg"])
        #expect(TemporaryFolder.names(in: folder.file("out/a")) == ["c.PNG"])
        #expect(try folder.image("out/liar.jpg").format == .jpeg)
    }

    @Test(arguments: [
        ([], [255, 255, 255]), (["--background", "black"], [0, 0, 0]),
        (["--background", "#ff8000"], [255, 128, 0]),
    ])
    func whatIsTransparentShowsTheBackgroundInAJPEG(options: [String], colour: [Int]) throws {
        let folder = TemporaryFolder()
        let picture = Image(
            width: 32, height: 32, colour: .rgb,
            samples: noisePicture(width: 32, height: 32).samples,
            alpha: .eight([UInt8](repeating: 0, count: 32 * 32)))
        folder.write(try picture.encoded(as: .png), as: "in.png")
        let arguments = ["degrade", "--task", "sr2", folder.file("in.png"), "--json", "-o"]
        let run = tessera(arguments + [folder.file("out.jpg")] + options)
        #expect(run.code == 0 && run.messages.contains("--background"), "\(run.messages)")
        #expect(run.objects[0]["flattened"] == true)
        guard case .eight(let shown) = try folder.image("out.jpg").samples else { return }
        for (value, expected) in zip(shown, colour) { #expect(abs(Int(value) - expected) <= 3) }
        let kept = tessera(arguments + [folder.file("out.png")])
        #expect(kept.code == 0 && kept.objects[0]["flattened"] == nil)
        #expect(!kept.messages.contains("--background"))
    }

    @Test func aBackgroundIsAColour() {
        let run = reduce("in.png", "-o", "out.jpg", "--background", "paper")
        #expect(run.code == 2 && run.messages.contains("'paper' is invalid for '--background"))
    }

    @Test func whatElseAFileHoldsIsSaid() throws {
        let folder = TemporaryFolder()
        folder.picture("in.jpg", format: .jpeg)
        let video = [UInt8](repeating: 7, count: 900)
        folder.write(folder.read("in.jpg") + video, as: "in.jpg")
        let run = tessera(
            "degrade", "--task", "sr2", folder.file("in.jpg"), "--json", "-o",
            folder.file("out.png"))
        #expect(run.code == 0 && run.messages.contains("the file holds 900 bytes behind"))
        #expect(run.objects[0].string("leftOut")?.hasPrefix("900 bytes") == true)
    }

    @Test func aFormatThatIsAskedForNamesTheFiles() throws {
        let folder = TemporaryFolder()
        folder.picture("in/b.jpg", format: .jpeg)
        let run = reduce(folder.file("in"), "-o", folder.file("out"), "--format", "png")
        #expect(run.code == 0)
        #expect(TemporaryFolder.names(in: folder.file("out")) == ["b.png"])
        #expect(try folder.image("out/b.png").format == .png)
    }

    @Test func anInputIsNeverReplaced() throws {
        let folder = TemporaryFolder()
        let path = folder.picture("in.png")
        let before = folder.read("in.png")
        let run = reduce(path, "-o", path, "--overwrite")
        #expect(run.code == 1)
        #expect(
            run.messages.hasPrefix(
                "tessera: \(path): the result would replace the input '\(path)'; "
                    + "name another output\n"))
        #expect(folder.read("in.png") == before)
    }

    @Test func twoInputsDoNotShareAResult() {
        let folder = TemporaryFolder()
        folder.picture("in/x.jpg", format: .jpeg)
        folder.picture("in/x.png")
        let run = reduce(folder.file("in"), "-o", folder.file("out"), "--format", "png")
        #expect(run.code == 1)
        #expect(run.messages.contains("would replace that of '\(folder.file("in/x.jpg"))'"))
        #expect(TemporaryFolder.names(in: folder.file("out")) == ["x.png"])
        #expect(reduce(folder.file("in"), "-o", folder.file("both")).code == 0)
        #expect(TemporaryFolder.names(in: folder.file("both")) == ["x.jpg", "x.png"])
    }

    @Test func anExistingFileIsReplacedOnlyWhenAsked() throws {
        let folder = TemporaryFolder()
        let path = folder.picture("in.png")
        let out = folder.write([1, 2, 3], as: "out.png")
        let refused = reduce(path, "-o", out)
        #expect(refused.code == 1)
        #expect(
            refused.messages.hasPrefix(
                "tessera: \(path): '\(out)' exists; pass --overwrite to replace it or "
                    + "--skip-existing to keep it\n"))
        let skipped = reduce(path, "-o", out, "--skip-existing", "--json")
        #expect(skipped.code == 0)
        #expect(skipped.objects.first?["skipped"] == true)
        #expect(folder.read("out.png") == [1, 2, 3])
        #expect(reduce(path, "-o", out, "--overwrite").code == 0)
        #expect(try folder.image("out.png").width == 12)
    }

    @Test func standardOutputTakesThePictureAndNothingElse() throws {
        let folder = TemporaryFolder()
        let run = reduce(folder.picture("in.png"), "-o", "-")
        #expect(run.code == 0)
        #expect(try Image(bytes: run.output).width == 12)
        let mixed = reduce(folder.file("in.png"), "-o", "-", "--json")
        #expect(mixed.code == 2)
        #expect(mixed.output.isEmpty)
    }

    @Test func severalInputsDoNotFitOnePicture() {
        let folder = TemporaryFolder()
        let run = tessera(
            "degrade", "--task", "sr2", folder.picture("a.png"), folder.picture("b.png"), "-o",
            folder.file("out.png"))
        #expect(run.code == 2)
        #expect(
            run.messages
                == "tessera: '\(folder.file("out.png"))' is named like one picture, but the inputs "
                + "may give several; name a folder\n")
    }

    @Test func aFormatThatContradictsTheNameIsRefused() {
        let folder = TemporaryFolder()
        let run = reduce(
            folder.picture("a.png"), "-o", folder.file("out.png"), "--format", "jpeg")
        #expect(run.code == 2)
        #expect(run.messages.contains("'--format' is jpeg; change one of them"))
    }

    @Test func oneBadFileDoesNotStopTheOthers() {
        let folder = TemporaryFolder()
        folder.picture("in/a.png")
        folder.write(Array("<html>".utf8), as: "in/b.png")
        folder.picture("in/c.png")
        let run = reduce(folder.file("in"), "-o", folder.file("out"), "--json")
        #expect(run.code == 1)
        #expect(TemporaryFolder.names(in: folder.file("out")) == ["a.png", "c.png"])
        #expect(
            run.messages.contains(
                "tessera: \(folder.file("in/b.png")): the file begins with '<html>', but a PNG or "
                    + "JPEG picture was expected\n"))
        #expect(run.objects.count == 4)
        #expect(run.objects[1].string("error") != nil)
        #expect(run.objects[3].object("summary")?.number("failed") == 1)
    }

    @Test func failFastStopsAtTheFirstFault() {
        let folder = TemporaryFolder()
        folder.write([], as: "in/a.png")
        folder.picture("in/b.png")
        let run = reduce(folder.file("in"), "-o", folder.file("out"), "--fail-fast")
        #expect(run.code == 1)
        #expect(TemporaryFolder.names(in: folder.file("out")).isEmpty)
    }

    @Test func aMissingFileAndAnEmptyFolderAreNamed() {
        let folder = TemporaryFolder()
        let missing = folder.file("missing.png")
        let run = reduce(missing, "-o", folder.file("out"))
        #expect(run.code == 1)
        #expect(run.messages.hasPrefix("tessera: \(missing): cannot open '\(missing)': "))
        folder.write([], as: "empty/notes.txt")
        let empty = reduce(folder.file("empty"), "-o", folder.file("out"))
        #expect(empty.code == 1)
        #expect(empty.messages.contains("there is no picture in it"))
    }

    @Test func quietSaysNothing() {
        let folder = TemporaryFolder()
        let run = reduce(folder.picture("in.png"), "-o", folder.file("out.png"), "--quiet")
        #expect(run.code == 0)
        #expect(run.messages.isEmpty && run.output.isEmpty)
    }
}
