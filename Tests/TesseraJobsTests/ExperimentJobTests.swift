import TesseraJSON
import TesseraJobs
import Testing
import _TesseraTestSupport

/// An experiment as a program runs it: watched, stopped, and gone on with.
@Suite struct ExperimentJobTests {
    let folder = TemporaryFolder()
    let recipe: ExperimentRecipe

    init() throws {
        folder.picture("in/a.png", width: 40, height: 32, seed: 1)
        folder.picture("in/b.png", width: 40, height: 32, seed: 2)
        let text = """
            {"tasks": ["inpaint-box", "sr4"], "models": "\(tinyModelPath)", "sheet": 1,
             "methods": [{"method": "replacement", "steps": 3}, "rough", "smooth"]}
            """
        guard case .object(let object) = try JSONValue(parsing: text) else {
            throw RecipeFault.empty
        }
        recipe = try ExperimentRecipe(object)
    }

    func job(into name: String) throws -> ExperimentJob {
        try ExperimentJob(
            recipe, pictures: InputList([folder.file("in")]).files, into: folder.file(name))
    }

    /// The rows without what differs from run to run.
    func rows(_ name: String) throws -> [JSONObject] {
        try folder.read(name + "/rows.jsonl").split(separator: UInt8(ascii: "\n")).map {
            guard case .object(var row) = try JSONValue(parsing: Array($0)) else { return [:] }
            row["seconds"] = nil
            return row
        }
    }

    @Test func whatWasStoppedHasTheSameRowsAndContactSheets() throws {
        var cells: [String] = []
        var stepCount = 0
        for event in try job(into: "whole") {
            switch try event.get() {
            case .began(let cell): cells.append(cell.name)
            case .step(_, let count): stepCount += count == 3 ? 1 : 0
            case .done(let cell, let figures):
                #expect(cell.name == cells.last)
                #expect(figures["psnr"] != nil)
            case .finished(let report): #expect(report.tasks.count == 2)
            default: Issue.record("There is nothing else to tell")
            }
        }
        #expect(cells == (try job(into: "whole")).cells.map(\.name))
        #expect(stepCount == 3 * 4)

        // Stopped at the first step of all, and then after each cell.
        let job = try job(into: "parts")
        for event in job { if case .step = try event.get() { break } }
        #expect(try job.plan().leftCount == cells.count)
        var hasFinished = false
        var runCount = 0
        while !hasFinished {
            runCount += 1
            for event in job {
                let event = try event.get()
                if case .finished = event { hasFinished = true }
                if case .done = event { break }
            }
        }
        // A row may be written while the one before is told of.
        #expect(runCount > cells.count / 3)
        #expect(try rows("parts") == rows("whole"))
        #expect(folder.read("parts/sheet-sr4.png") == folder.read("whole/sheet-sr4.png"))
        #expect(
            TemporaryFolder.names(in: folder.file("parts"))
                == TemporaryFolder.names(in: folder.file("whole")))
    }

    @Test func rowsThatAreThereAreSkipped() throws {
        for event in try job(into: "out") { _ = try event.get() }
        let plan = try job(into: "out").plan()
        #expect(plan.leftCount == 0 && plan.rowCount == 10 && plan.duration == .zero)
        let skippedCount = try job(into: "out").count {
            if case .skipped = try $0.get() { true } else { false }
        }
        #expect(skippedCount == 10)
    }

    @Test func aPictureThatCannotBeReadIsAFailureOfItsCells() throws {
        folder.write([1, 2, 3], as: "in/c.png")
        var failures: [JobError] = []
        for event in try job(into: "out") {
            if case .failed(let cell, let error) = try event.get() {
                #expect(cell.picture == "c")
                failures.append(error)
            }
        }
        #expect(failures.count == 5 && failures.allSatisfy { $0.kind == .item })
    }

    @Test func rowsOfSomethingElseAreAFailureOfTheUsage() throws {
        folder.write(Array("{}\n".utf8), as: "out/rows.jsonl")
        #expect {
            try job(into: "out")
        } throws: {
            ($0 as? JobError)?.kind == .usage
        }
    }
}
