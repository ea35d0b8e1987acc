import TesseraJSON
import TesseraImage
import Testing
import _TesseraTestSupport

@Suite struct TokenCommandTests {
    @Test func tokensGiveWhatReconstructGives() throws {
        let folder = TemporaryFolder()
        folder.picture("in/a.png", width: 30, height: 20, seed: 1)
        folder.picture("in/sub/b.png", width: 16, height: 16, seed: 2)
        let made = tessera(
            "tokenize", folder.file("in"), "-o", folder.file("new/tokens"), "--model",
            tinyModelPath, "--json")
        #expect(made.code == 0)
        #expect(made.objects.count == 3)
        let back = tessera(
            "detokenize", folder.file("new/tokens"), "-o", folder.file("out"), "--model",
            tinyModelPath)
        #expect(back.code == 0)
        let direct = tessera(
            "reconstruct", folder.file("in"), "-o", folder.file("direct"), "--model",
            tinyModelPath)
        #expect(direct.code == 0)
        for name in ["a.png", "sub/b.png"] {
            #expect(
                try folder.image("out/\(name)").samples == folder.image("direct/\(name)").samples)
        }
    }

    @Test func aRunGoesOnWhereItStopped() {
        let folder = TemporaryFolder()
        func tokenize() -> Ran {
            tessera(
                "tokenize", folder.file("in"), "-o", folder.file("tokens"), "--model",
                tinyModelPath, "--shard-size", "1", "--json")
        }
        folder.picture("in/a.png")
        #expect(tokenize().code == 0)
        folder.picture("in/b.png", seed: 2)
        let second = tokenize()
        #expect(second.code == 0)
        #expect(second.objects[0]["skipped"] == true)
        #expect(second.objects[2].object("summary")?.number("done") == 1)
    }

    @Test func onePictureCanHaveAnyName() throws {
        let folder = TemporaryFolder()
        folder.picture("a.png")
        #expect(
            tessera(
                "tokenize", folder.file("a.png"), "-o", folder.file("tokens"), "--model",
                tinyModelPath
            ).code == 0)
        let shard = folder.file("tokens/000000.safetensors")
        let run = tessera(
            "detokenize", shard, "-o", folder.file("back.jpg"), "--model", tinyModelPath)
        #expect(run.code == 0)
        #expect(try folder.image("back.jpg").format == .jpeg)
    }

    @Test func tokensOfAnotherModelAreRefused() throws {
        let folder = TemporaryFolder()
        folder.picture("a.png", width: 64, height: 64)
        #expect(
            tessera(
                "tokenize", folder.file("a.png"), "-o", folder.file("tokens"), "--model",
                tinyModelPath
            ).code == 0)
        try folder.copyTinyModel(as: "model")
        let other = folder.file("model")
        #expect(tessera("fit-bins", folder.file("a.png"), "--model", other).code == 0)
        let run = tessera(
            "detokenize", folder.file("tokens"), "-o", folder.file("out"), "--model", other)
        #expect(run.code == 3)
        #expect(run.messages.contains("name the right one with --model"))
        let mixed = tessera(
            "tokenize", folder.file("a.png"), "-o", folder.file("tokens"), "--model", other)
        #expect(mixed.code == 2)
    }

    @Test func aFolderWithoutTokensIsAUsageError() {
        let folder = TemporaryFolder()
        folder.write([], as: "in/x")
        let run = tessera("detokenize", folder.file("in"), "-o", folder.file("out"))
        #expect(run.code == 2)
    }
}
