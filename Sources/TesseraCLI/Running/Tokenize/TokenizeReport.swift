import TesseraJSON
import TesseraDataset

/// What a run of `tokenize` says: a line of JSON an input if asked for, failures, and sums.
final class TokenizeReport {
    let progress: ProgressLine
    private let console: Console
    private let reporting: ReportingOptions
    private var doneCount = 0
    private var skippedCount = 0
    private var passedCount = 0
    private var failedCount = 0
    private var earlierFailureCount = 0
    private var filteredCount = 0
    private var outputFailure: CommandFailure?
    private let start = ContinuousClock.now

    init(
        on console: Console, reporting: ReportingOptions, style: ProgressLine.Style, itemCount: Int
    ) {
        self.console = console
        self.reporting = reporting
        progress = ProgressLine(
            on: console, isQuiet: reporting.quiet, itemCount: itemCount, style: style)
    }

    /// Says something that is no fault.
    func note(_ sentence: String) {
        guard !reporting.quiet else { return }
        progress.clear()
        console.report(nil, sentence)
    }

    /// Says what became of an input.
    func add(_ outcome: PictureEncoder.Outcome, of item: ImageItem) {
        progress.begin(item.key)
        switch outcome {
        case .grid(let grid, let isNew):
            guard isNew else {
                skippedCount += 1
                return pass(1)
            }
            doneCount += 1
            progress.end()
            print([
                "file": .string(item.path), "key": .string(item.key),
                "tokens": .array([.integer(grid.height), .integer(grid.width)]),
            ])
        case .failed(let failure): add(failure)
        case .passedOver(let reason):
            filteredCount += 1
            progress.end()
            print([
                "file": .string(item.path), "key": .string(item.key), "filtered": .string(reason),
            ])
        }
    }

    /// Says why an input, or an archive, could not be used.
    func add(_ failure: FailedItem) {
        failedCount += 1
        progress.end(isFailed: true)
        progress.clear()
        console.report(failure.path, failure.sentence)
        var object: JSONObject = ["file": .string(failure.path)]
        object["key"] = failure.key.map { .string($0) }
        object["code"] = .string(failure.code)
        object["error"] = .string(failure.sentence)
        print(object)
    }

    /// Says that a shard is there already.
    func skip(_ record: ShardRecord) {
        skippedCount += record.sums.itemCount
        earlierFailureCount += record.failures.count
        pass(record.inputs.count)
        print([
            "shard": .string(record.shard), "skipped": true,
            "pictures": .integer(record.sums.itemCount),
        ])
    }

    /// Ends the run.
    ///
    /// - Parameters:
    ///   - summary: What the folder comes to.
    ///   - times: How long threads worked on what.
    /// - Returns: How the run ended.
    /// - Throws: A storage failure when standard output is closed.
    func finish(_ summary: TokenSummary, times: StageTimes) throws(CommandFailure) -> ExitStatus {
        progress.finish(failedCount: failedCount, skippedCount: passedCount + filteredCount)
        if earlierFailureCount > 0 {
            note("\(earlierFailureCount) failed before; --retry-failed tries them again")
        }
        if summary.missingUnitCount > 0 {
            note(
                "shards of other tasks, or of a run that stopped, are still to come: "
                    + "\(summary.missingUnitCount)")
        } else if summary.sums.itemCount > 0 {
            note(words(of: summary))
        }
        if reporting.json {
            let seconds = (ContinuousClock.now - start).inSeconds
            print([
                "statistics": .object(summary.json),
                "summary": [
                    "done": .integer(doneCount), "skipped": .integer(skippedCount),
                    "filtered": .integer(filteredCount),
                    "failed": .integer(failedCount + earlierFailureCount),
                    "seconds": .real((seconds * 1000).rounded() / 1000),
                    "missingShards": .integer(summary.missingUnitCount),
                    "threadSeconds": .object(times.json),
                ],
            ])
        }
        if let outputFailure { throw outputFailure }
        return failedCount + earlierFailureCount > 0 ? .someFailed : .done
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
    func checkOutput() throws(CommandFailure) {
        if let outputFailure { throw outputFailure }
    }
}
