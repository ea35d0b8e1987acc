import ArgumentParser
import TesseraJSON
import TesseraJobs

extension CommandLineWords {
    /// Options that every command has and that its description does not list.
    private static let commonOptions = [
        "--help", "--version", "--help-hidden", "--experimental-dump-help",
        "--generate-completion-script",
    ]

    /// What is wrong with the first option that the command does not have.
    ///
    /// The parser names such an option only if nothing is missing; but what is missing may be what the
    /// mistyped option was meant to give, as in `inpaint a.png --msk hole.png`.
    ///
    /// - Parameter words: What follows the program's name; the words before the first option name the command.
    /// - Returns: A usage failure with a suggestion; `nil` if all options are known.
    static func unknownOption(in words: [String]) -> CommandFailure? {
        let (command, path) = commandNamed(by: words)
        let options = words.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }
            .map { String($0.prefix { $0 != "=" }) }
        let known = self.options(of: command)
        guard let option = options.first(where: { !known.contains($0) }) else { return nil }
        let name = (["tessera"] + path).joined(separator: " ")
        let nearest = known.nearest(to: option)
        let isNear = nearest.distance(to: option) <= max(2, option.count / 3)
        let advice = isNear ? "did you mean '\(nearest)'?" : "see '\(name) --help'"
        return .usage("'\(name)' has no option '\(option)'; \(advice)")
    }

    /// The command that words name, and the words that name it.
    private static func commandNamed(
        by words: [String]
    ) -> (command: any ParsableCommand.Type, path: [String]) {
        var command: any ParsableCommand.Type = TesseraCommand.self
        var path: [String] = []
        for word in words {
            let below = command.configuration.subcommands.first { $0._commandName == word }
            guard let below else { break }
            command = below
            path.append(word)
        }
        return (command, path)
    }

    /// The long names of all options of a command.
    private static func options(of command: any ParsableCommand.Type) -> [String] {
        guard case .object(let tool)? = try? JSONValue(parsing: command._dumpHelp()),
            case .object(let description)? = tool["command"],
            case .array(let arguments)? = description["arguments"]
        else { return commonOptions }
        return arguments.flatMap(longNames) + commonOptions
    }

    /// The long names of one option, in the parser's own description of it.
    private static func longNames(of argument: JSONValue) -> [String] {
        guard case .object(let argument) = argument, case .array(let names)? = argument["names"]
        else { return [] }
        return names.compactMap { name in
            guard case .object(let name) = name, case .string("long")? = name["kind"],
                case .string(let word)? = name["name"]
            else { return nil }
            return "--" + word
        }
    }
}
