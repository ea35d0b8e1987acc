import CTesseraLibrary
import TesseraCheckpoint
import TesseraJobs
import TesseraLibrary
import TesseraPipeline
import Testing
import _TesseraTestSupport

/// A job of tokens as a program in C runs it, held against the Swift library's.
@Suite struct TokenizingTests {
    private let handle = TinyHandle()
    private let folder = TemporaryFolder()

    init() {
        for number in 0 ..< 7 {
            folder.picture("in/\(number).png", width: 20, height: 16, seed: UInt64(number))
        }
        folder.write([1, 2], as: "in/8.png")
    }

    private func tokenize(
        into name: String, _ change: (inout tessera_tokenizing) -> Void = { _ in }
    ) -> (status: tessera_status, result: tessera_tokenized) {
        var options = tessera_tokenizing()
        options.shard_size = 3
        change(&options)
        var result = tessera_tokenized()
        let status = folder.file("in").withCString { input in
            let inputs: [UnsafePointer<CChar>?] = [input]
            return tessera_tokenize(
                handle.model, inputs, 1, folder.file(name), &options, &result)
        }
        return (status, result)
    }

    private func tree(_ name: String) -> [String: [UInt8]] {
        let names = TemporaryFolder.names(in: folder.file(name))
        return Dictionary(uniqueKeysWithValues: names.map { ($0, folder.read("\(name)/\($0)")) })
    }

    @Test func theFolderIsThatOfTheSwiftLibrary() throws {
        let run = tokenize(into: "c") { $0.size = 16 }
        #expect(run.status == TESSERA_OK)
        #expect(run.result.done == 7 && run.result.failed == 1)
        #expect(run.result.missing_shards == 0)
        var options = TokenizeOptions()
        options.shardSize = 3
        options.preparation = PicturePreparation(side: 16)
        let model = try Model(ModelFolder(path: tinyModelPath), needsPrior: false)
        let job = try TokenizeJob(
            [folder.file("in")], with: model, into: folder.file("swift"), options: options)
        for event in job { _ = try event.get() }
        #expect(tree("c") == tree("swift"))
        let again = tokenize(into: "c") { $0.size = 16 }
        #expect(again.result.skipped == 7 && again.result.failed_before == 1)
    }

    @Test func whatTheStepFunctionStoppedIsGoneOnWith() {
        #expect(tokenize(into: "whole").status == TESSERA_OK)
        let steps = SamplingTests.Steps()
        steps.last = 4
        let stopped = tokenize(into: "parts") {
            ($0.step, $0.context) = (SamplingTests.Steps.step, steps.context)
        }
        #expect(stopped.status == TESSERA_STOPPED)
        #expect(steps.told.count == 4)
        #expect(steps.told.allSatisfy { $0.1 == 8 })
        #expect(tree("parts")["manifest.jsonl"] == nil)
        #expect(tokenize(into: "parts").status == TESSERA_OK)
        #expect(tree("parts") == tree("whole"))
    }

    @Test func tasksShareAJob() {
        #expect(tokenize(into: "whole").status == TESSERA_OK)
        for index in 0 ..< 2 {
            let run = tokenize(into: "parts") { ($0.task_index, $0.task_count) = (index, 2) }
            #expect(run.status == TESSERA_OK)
            #expect(run.result.missing_shards == 1 - index)
        }
        #expect(tree("parts") == tree("whole"))
    }

    @Test func wrongArgumentsAreRefused() {
        #expect(tokenize(into: "out") { $0.task_index = 1 }.status == TESSERA_ARGUMENT)
        #expect(message == "'task_index' is 1, but must be from 0 to 0")
        #expect(tokenize(into: "in/out").status == TESSERA_ARGUMENT)
        #expect(message.hasSuffix("choose a folder outside"))
        "parquet".withCString { format in
            #expect(tokenize(into: "out") { $0.format = format }.status == TESSERA_ARGUMENT)
        }
        #expect(message == "'format' is 'parquet', but must be one of safetensors, webdataset")
        #expect(tokenize(into: "out") { $0.shard_size = -1 }.status == TESSERA_ARGUMENT)
        #expect(tokenize(into: "out").status == TESSERA_OK)
        #expect(tokenize(into: "out") { $0.shard_size = 4 }.status == TESSERA_ARGUMENT)
        #expect(
            tessera_tokenize(handle.model, nil, 1, folder.file("out"), nil, nil)
                == TESSERA_ARGUMENT)
        #expect(message == "'inputs' is null, but must point to something")
        folder.write([1], as: "file")
        #expect(tokenize(into: "file/out").status == TESSERA_STORAGE)
    }
}
