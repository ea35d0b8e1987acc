import ArgumentParser

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
            var command = try TesseraCommand.parseAsRoot(arguments)
            guard let job = command as? any JobCommand else {
                try command.run()  // Help is a command too; it throws its text.
                return ExitStatus.done.rawValue
            }
            return try job.run(on: console).rawValue
        } catch let failure as CommandFailure {
            console.report(nil, failure.sentence)
            return failure.status.rawValue
        } catch {
            return explain(error, on: console).rawValue
        }
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
    private static func explain(_ error: any Error, on console: Console) -> ExitStatus {
        let text = TesseraCommand.fullMessage(for: error)
        guard TesseraCommand.exitCode(for: error) != .success else {
            do { try console.print(text) } catch {
                console.report(nil, error.sentence)
                return error.status
            }
            return .done
        }
        let prefix = "Error: "
        console.say(
            "tessera: " + (text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text))
        return .usage
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
