import TesseraJobs

extension TokenScan {
    /// Does the work and says on a console how far it is and what cannot be read.
    ///
    /// - Parameters:
    ///   - console: Where that is said; `nil` for nowhere.
    ///   - isQuiet: Whether progress is not told.
    ///   - itemCount: The number of grids.
    /// - Returns: What came of it, and the number of files that could not be read.
    /// - Throws: What ended the work.
    func outcome(
        on console: Console?, isQuiet: Bool = false, itemCount: Int
    ) throws(CommandFailure) -> (outcome: Outcome, failedCount: Int) {
        let progress = console.map { ProgressLine(on: $0, isQuiet: isQuiet, itemCount: itemCount) }
        // Comparing is told from its own beginning.
        var comparison: ProgressLine?
        var failedCount = 0
        for event in self {
            switch try doing({ () throws(JobError) in try event.get() }) {
            case .began(let file): progress?.begin(file)
            case .read: progress?.end()
            case .failed(let path, let sentence):
                failedCount += 1
                progress?.clear()
                console?.report(path, sentence)
            case .compared(let count, let all):
                progress?.clear()
                comparison =
                    comparison
                    ?? console.map { ProgressLine(on: $0, isQuiet: isQuiet, itemCount: all) }
                comparison?.advance(toStep: count, of: all)
            case .finished(let outcome):
                progress?.clear()
                comparison?.clear()
                return (outcome, failedCount)
            }
        }
        preconditionFailure("A scan that nobody stops has an outcome")
    }
}
