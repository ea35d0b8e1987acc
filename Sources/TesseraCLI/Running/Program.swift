import ArgumentParser
import TesseraJSON

/// The program as a function of its arguments, so that tests run it in their own process.
package enum Program {
    /// Runs a command line.
    ///
    /// - Parameters:
    ///   - arguments: What follows the program's name.
    ///   - console: Where output goes.
    /// - Returns: The exit code.
    package static func run(_ arguments: [String], on console: Console) -> Int32 {
        do {
            try CommandLineWords.checkCommand(arguments)
            let words = try CommandLineWords.spellingFiles(arguments)
            var command = try TesseraCommand.parseAsRoot(words)
            guard let job = command as? any JobCommand else {
                try command.run()  // Help is a command too; it throws its text.
                return ExitStatus.done.rawValue
            }
            return try job.run(on: console).rawValue
        } catch let failure as CommandFailure {
            console.report(nil, failure.sentence)
            return end(failure, of: arguments, on: console).rawValue
        } catch {
            return explain(error, of: arguments, on: console).rawValue
        }
    }

    /// Says as JSON, if that is asked for, why the whole run ends.
    private static func end(
        _ failure: CommandFailure, of arguments: [String], on console: Console
    ) -> ExitStatus {
        guard CommandLineWords.askForJSON(arguments) else { return failure.status }
        let nothing: JSONObject = ["done": 0, "skipped": 0, "failed": 0]
        let object: JSONObject = [
            "error": .string(failure.sentence), "exitCode": .integer(Int(failure.status.rawValue)),
            "summary": .object(failure.summary ?? nothing),
        ]
        // Standard output may be what has failed; that has been said.
        try? console.print(JSONValue.object(object).compactText)
        return failure.status
    }

    /// The words that name each command, a command before those below it.
    package static var commands: [[String]] { commands(below: TesseraCommand.self) }

    private static func commands(below parent: any ParsableCommand.Type) -> [[String]] {
        parent.configuration.subcommands.flatMap { command in
            [[command._commandName]]
                + commands(below: command).map { [command._commandName] + $0 }
        }
    }

    /// Prints what the parser has to say: help, a completion script, or what is wrong.
    private static func explain(
        _ error: any Error, of arguments: [String], on console: Console
    ) -> ExitStatus {
        let text = TesseraCommand.fullMessage(for: error)
        guard TesseraCommand.exitCode(for: error) != .success else {
            do { try console.print(text) } catch {
                console.report(nil, error.sentence)
                return error.status
            }
            return .done
        }
        if let failure = CommandLineWords.unknownOption(in: arguments) {
            console.report(nil, failure.sentence)
            return end(failure, of: arguments, on: console)
        }
        let prefix = "Error: "
        let sentence = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
        console.say("tessera: " + sentence)
        return end(.usage(sentence), of: arguments, on: console)
    }
}

/// A command that does a job and ends with an exit status.
protocol JobCommand: ParsableCommand {
    /// Does the job.
    ///
    /// - Parameter console: Where output goes.
    /// - Returns: How it ended.
    /// - Throws: A failure that ends the whole run.
    func run(on console: Console) throws(CommandFailure) -> ExitStatus
}
