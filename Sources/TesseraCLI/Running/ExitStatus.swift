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

/// A reason why one item cannot be done, while others can.
struct ItemFailure: Error, Equatable, CustomStringConvertible {
    /// One sentence, lower case, without a final period.
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
