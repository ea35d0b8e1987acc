import TesseraDataset
import TesseraJSON
import TesseraJobs

/// What `tokenize` says: a line of JSON an input if asked for, failures, and sums.
final class TokenizeReport {
    private let progress: ProgressLine
    private let console: Console
    private let reporting: ReportingOptions
    private let task: JobTask
    private let taskSource: String?
    private var passedCount = 0
    private var doneCount = 0
    private var filteredCount = 0
    private var failedCount = 0
    private var noteCounts: [String: Int] = [:]
    private var result: TokenizeResult?
    private var outputFailure: CommandFailure?
    private let start = ContinuousClock.now

    /// The most notes of a kind that are told one by one.
    private static let noteLimit = 5

    init(
        on console: Console, reporting: ReportingOptions, style: ProgressLine.Style, task: JobTask,
        taskSource: String?
    ) {
        self.console = console
        self.reporting = reporting
        self.task = task
        self.taskSource = taskSource
        progress = ProgressLine(
            on: console, isQuiet: reporting.quiet, itemCount: 0, style: style)
    }

    /// Says what happened.
    ///
    /// - Throws: What ended the job, or a storage failure when standard output is closed.
    func add(_ event: Result<TokenizeEvent, JobError>) throws(CommandFailure) {
        switch try seen(event) {
        case .began(let count):
            progress.expect(count)
            guard task.count > 1 else { return }
            note("task \(task.index) of \(task.count)" + (taskSource.map { " by \($0)" } ?? ""))
        case .expected(let count): progress.expect(count)
        case .encoded(let item, let grid):
            doneCount += 1
            progress.begin(item.key)
            progress.end()
            print([
                "file": .string(item.path), "key": .string(item.key),
                "tokens": .array([.integer(grid.height), .integer(grid.width)]),
            ])
        case .kept(let item):
            progress.begin(item.key)
            pass(1)
        case .passedOver(let item, let reason):
            filteredCount += 1
            progress.begin(item.key)
            progress.end()
            print([
                "file": .string(item.path), "key": .string(item.key), "filtered": .string(reason),
            ])
        case .failed(let failure): add(failure)
        case .noted(let note): add(note: note)
        case .skipped(let record):
            skip(record)
            try checkOutput()
        case .wrote: try checkOutput()
        case .finished(let result): self.result = result
        }
    }

    /// Ends the run.
    ///
    /// - Returns: How the run ended.
    /// - Throws: A storage failure when standard output is closed.
    func finish() throws(CommandFailure) -> ExitStatus {
        progress.finish(
            madeCount: doneCount, failedCount: failedCount,
            skippedCount: passedCount + filteredCount)
        guard let result, let summary = result.summary else {
            if reporting.json { print(["summary": .object(counts)]) }
            try checkOutput()
            return .someFailed
        }
        if result.earlierFailureCount > 0 {
            note("\(result.earlierFailureCount) failed before; --retry-failed tries them again")
        }
        if summary.missingUnitCount > 0 {
            note(
                "shards of other tasks, or of a run that stopped, are still to come: "
                    + "\(summary.missingUnitCount)")
        } else if summary.sums.itemCount > 0 || !summary.noted.isEmpty {
            note(words(of: summary))
        }
        if reporting.json { print(json(of: result, summary)) }
        try checkOutput()
        return result.failedCount + result.earlierFailureCount > 0 ? .someFailed : .done
    }

    /// What happened; a failure that ends the run says how far it was.
    private func seen(
        _ event: Result<TokenizeEvent, JobError>
    ) throws(CommandFailure) -> TokenizeEvent {
        do { return try event.get() } catch {
            var failure = CommandFailure(error)
            failure.summary = counts
            throw failure
        }
    }

    private var counts: JSONObject {
        [
            "done": .integer(doneCount), "skipped": .integer(passedCount),
            "filtered": .integer(filteredCount), "failed": .integer(failedCount),
            "seconds": .real((ContinuousClock.now - start).roundedSeconds),
        ]
    }

    private func json(of result: TokenizeResult, _ summary: TokenSummary) -> JSONObject {
        var threadSeconds = JSONObject()
        for stage in StageTimes.Stage.allCases {
            threadSeconds[stage.rawValue] = .real(result.times[stage].roundedSeconds)
        }
        return [
            "statistics": .object(summary.json),
            "summary": [
                "done": .integer(result.doneCount), "skipped": .integer(result.skippedCount),
                "filtered": .integer(result.filteredCount),
                "failed": .integer(result.failedCount + result.earlierFailureCount),
                "seconds": .real((ContinuousClock.now - start).roundedSeconds),
                "missingShards": .integer(summary.missingUnitCount),
                "threadSeconds": .object(threadSeconds),
            ],
        ]
    }

    /// Says something that is no fault.
    private func note(_ sentence: String) {
        guard !reporting.quiet else { return }
        progress.clear()
        console.report(nil, sentence)
    }

    /// Says why an input, or an archive, could not be used.
    private func add(_ failure: FailedItem) {
        failedCount += 1
        if let key = failure.key { progress.begin(key) }
        progress.end(isFailed: true)
        progress.clear()
        console.report(failure.path, failure.sentence)
        var object: JSONObject = ["file": .string(failure.path)]
        object["key"] = failure.key.map { .string($0) }
        object["code"] = .string(failure.code)
        object["error"] = .string(failure.sentence)
        print(object)
    }

    /// Says what was left aside; of each kind the first few, and the rest in the sum.
    private func add(note: FailedItem) {
        noteCounts[note.code, default: 0] += 1
        if noteCounts[note.code, default: 0] <= TokenizeReport.noteLimit, !reporting.quiet {
            progress.clear()
            console.report(note.path, note.sentence)
        }
        var object: JSONObject = ["file": .string(note.path)]
        object["key"] = note.key.map { .string($0) }
        object["code"] = .string(note.code)
        object["note"] = .string(note.sentence)
        print(object)
    }

    /// Says that a shard is there already.
    private func skip(_ record: ShardRecord) {
        pass(record.inputs.count)
        print([
            "shard": .string(record.shard), "skipped": true,
            "pictures": .integer(record.sums.itemCount),
        ])
    }

    private func words(of summary: TokenSummary) -> String {
        func percent(_ part: Double) -> String { "\((part * 1000).rounded() / 10) %" }
        let usage = summary.sums.usage.map(percent).joined(separator: ", ")
        let bits = (summary.sums.bitsPerPixel * 1000).rounded() / 1000
        var text =
            "\(summary.sums.itemCount) pictures in \(summary.shardCount) shards, \(bits) bits a "
            + "pixel, codes in use \(usage)"
        for (code, count) in summary.failed.sorted(by: { $0.key < $1.key }) {
            text += ", \(count) \(code)"
        }
        for (code, count) in summary.noted.sorted(by: { $0.key < $1.key }) {
            text += ", \(count) \(code) noted"
        }
        return text
    }

    private func pass(_ count: Int) {
        passedCount += count
        progress.pass(count)
    }

    /// Prints a line of JSON, if asked for; a closed output ends the run when the shard is written.
    private func print(_ object: JSONObject) {
        guard reporting.json, outputFailure == nil else { return }
        do throws(CommandFailure) {
            try console.print(JSONValue.object(object).compactText)
        } catch { outputFailure = error }
    }

    /// Ends the run if standard output is closed.
    private func checkOutput() throws(CommandFailure) {
        if let outputFailure { throw outputFailure }
    }
}
