import TesseraDataset
import TesseraFiles
import TesseraImage
import TesseraJSON
import TesseraJobs

/// A run over items, each of which may fail while the others go on.
final class Batch {
    /// What became of an item that did not fail.
    enum Outcome {
        /// It was done; the object tells what there is to know beside its name.
        case done(JSONObject)

        /// Its result was there already.
        case skipped(JSONObject)
    }

    let progress: ProgressLine
    private let console: Console
    private let reporting: ReportingOptions
    private let isFailingFast: Bool
    private var doneCount = 0
    private var skippedCount = 0
    private var failedCount = 0
    private let start = ContinuousClock.now

    init(
        on console: Console, reporting: ReportingOptions, itemCount: Int, noun: String = "picture",
        failFast: Bool = false
    ) {
        self.console = console
        self.reporting = reporting
        isFailingFast = failFast
        progress = ProgressLine(
            on: console, isQuiet: reporting.quiet, itemCount: itemCount, noun: noun)
    }

    /// Whether a failed item ends the run before the next.
    var isStopped: Bool { isFailingFast && failedCount > 0 }

    /// Works on one item, unless the run was to stop before it.
    ///
    /// - Parameters:
    ///   - name: The item's file.
    ///   - body: Does the work.
    /// - Throws: A failure that ends the whole run, such as a full disk.
    func attempt(_ name: String, _ body: () throws -> Outcome) throws(CommandFailure) {
        guard !isStopped else { return }
        begin(name)
        do {
            try end(name, try body())
        } catch let failure as CommandFailure {
            progress.clear()
            progress.end()
            throw ending(failure)
        } catch { try fail(name, JobError(item: error)) }
    }

    /// Says that work on an item begins.
    func begin(_ name: String) { progress.begin(name.lastComponent) }

    /// Says what became of an item that was begun.
    ///
    /// - Throws: A storage failure when standard output is closed.
    func end(_ name: String, _ outcome: Outcome) throws(CommandFailure) {
        switch outcome {
        case .done(let metadata):
            doneCount += 1
            try printItem(name, metadata)
        case .skipped(var metadata):
            skippedCount += 1
            metadata["skipped"] = true
            try printItem(name, metadata)
        }
        progress.end()
    }

    /// Says that an item that was begun cannot be done.
    ///
    /// - Throws: A failure that ends the whole run if nothing more can be written.
    func fail(_ name: String, _ error: JobError) throws(CommandFailure) {
        try fail(name, error.sentence)
        progress.end()
        if error.kind == .storage {
            throw ending(CommandFailure(JobError.nothingMoreCanBeWritten))
        }
    }

    /// Does what ends the whole run if it cannot be done; the failure says how far the run was.
    func ending<Result>(
        _ body: () throws(CommandFailure) -> Result
    ) throws(CommandFailure) -> Result {
        do { return try body() } catch { throw ending(error) }
    }

    /// Does a part of a job, whose failure ends the whole run and says how far it was.
    func doing<Result>(
        _ body: () throws(JobError) -> Result
    ) throws(CommandFailure) -> Result {
        do { return try body() } catch { throw ending(CommandFailure(error)) }
    }

    /// A failure that says how far the run was.
    private func ending(_ failure: CommandFailure) -> CommandFailure {
        var failure = failure
        failure.summary = failure.summary ?? summary
        return failure
    }

    private var summary: JSONObject {
        let seconds = (ContinuousClock.now - start).inSeconds
        return [
            "done": .integer(doneCount), "skipped": .integer(skippedCount),
            "failed": .integer(failedCount), "seconds": .real((seconds * 1000).rounded() / 1000),
        ]
    }

    /// Says that something cannot be done.
    func fail(_ name: String, _ sentence: String) throws(CommandFailure) {
        failedCount += 1
        progress.clear()
        console.report(name, sentence)
        try printItem(name, ["error": .string(sentence)])
    }

    /// Says something about an item that was done all the same.
    func note(_ name: String, _ sentence: String) {
        guard !reporting.quiet else { return }
        progress.clear()
        console.report(name, sentence)
    }

    /// Ends the run.
    ///
    /// - Parameter summary: What to print last, or `nil` for the counts alone.
    /// - Returns: How the run ended.
    /// - Throws: A storage failure when standard output is closed.
    func finish(summary: JSONObject? = nil) throws(CommandFailure) -> ExitStatus {
        progress.finish(
            madeCount: doneCount, failedCount: failedCount, skippedCount: skippedCount)
        if reporting.json {
            var object = summary ?? [:]
            object["summary"] = .object(self.summary)
            try console.print(JSONValue.object(object).compactText)
        }
        return failedCount > 0 ? .someFailed : .done
    }

    private func printItem(_ name: String, _ metadata: JSONObject) throws(CommandFailure) {
        guard reporting.json else { return }
        var object: JSONObject = ["file": .string(name)]
        for member in metadata.members { object[member.name] = member.value }
        try console.print(JSONValue.object(object).compactText)
    }
}
