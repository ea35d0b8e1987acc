package import TesseraJSON
import TesseraJobs

/// How the program ends; 130 and 143 mean that a signal ended it.
package enum ExitStatus: Int32 {
    /// Everything was done.
    case done = 0

    /// Some items were not done; the others were.
    case someFailed = 1

    /// The command line asks for what cannot be.
    case usage = 2

    /// There is no such model, or it is not what it should be.
    case model = 3

    /// The disk is full or broken, or standard output is closed.
    case storage = 4
}

/// A reason to end the whole run, with the sentence to print.
package struct CommandFailure: Error, Equatable {
    package let status: ExitStatus

    /// One sentence, lower case, without a final period.
    package let sentence: String

    /// How many items were done before, as the last line of JSON has it; `nil` if none was begun.
    package var summary: JSONObject?

    static func usage(_ sentence: String) -> CommandFailure {
        CommandFailure(status: .usage, sentence: sentence)
    }

    static func model(_ sentence: String) -> CommandFailure {
        CommandFailure(status: .model, sentence: sentence)
    }

    package static func storage(_ sentence: String) -> CommandFailure {
        CommandFailure(status: .storage, sentence: sentence)
    }
}

extension CommandFailure {
    /// Maps what a job says of a failure to how the program ends.
    init(_ error: JobError) {
        let status: ExitStatus =
            switch error.kind {
            case .usage: .usage
            case .model: .model
            case .storage: .storage
            case .item: .someFailed
            }
        self.init(status: status, sentence: error.sentence)
    }
}

extension CommandFailure: CustomStringConvertible {
    package var description: String { sentence }
}

/// Does a part of a job, whose failure is that of the command.
func doing<Result>(_ body: () throws(JobError) -> Result) throws(CommandFailure) -> Result {
    do { return try body() } catch { throw CommandFailure(error) }
}
