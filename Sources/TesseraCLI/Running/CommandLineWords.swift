import Glibc
import TesseraJobs

/// Words of a command line that the parser would take for something else.
enum CommandLineWords {
    /// The letters of options that stand behind a single hyphen.
    private static let shortOptions = Set("oqh")

    /// Spells names of files that begin with a hyphen so that they are no options: `./-a.png`.
    ///
    /// - Parameter words: What follows the program's name.
    /// - Returns: The words, files among them spelled out.
    /// - Throws: A usage failure for a word that is no option and no file.
    static func spellingFiles(_ words: [String]) throws(CommandFailure) -> [String] {
        var result: [String] = []
        for (index, word) in words.enumerated() {
            guard word != "--" else { return result + words[index...] }
            result.append(try isFileLikeOption(word) ? "./" + word : word)
        }
        return result
    }

    /// Whether a word that begins with one hyphen is the name of a file.
    private static func isFileLikeOption(_ word: String) throws(CommandFailure) -> Bool {
        guard word.hasPrefix("-"), word.count > 1, !word.hasPrefix("--") else { return false }
        let letters = word.dropFirst()
        guard !letters.allSatisfy(shortOptions.contains) else { return false }
        if access(word, F_OK) == 0 { return true }
        // A negative number, and an option with its value, are what the parser takes them for.
        guard !word.contains("="), Double(word) == nil else { return false }
        throw .usage(
            "'\(word)' is no option, and there is no file of that name; see 'tessera --help'")
    }

    /// Checks the words that name a command.
    ///
    /// - Parameter words: What follows the program's name.
    /// - Throws: A usage failure with a suggestion for a word that is no command.
    static func checkCommand(_ words: [String]) throws(CommandFailure) {
        let names = Program.commands
        var path: [String] = []
        let words = words.first == "help" ? words.dropFirst() : words[...]
        for word in words {
            let known = names.filter { $0.count == path.count + 1 && $0.starts(with: path) }
                .map { $0[path.count] }
            // Below a command that has none, words are what it works on.
            guard !known.isEmpty, !word.hasPrefix("-"), !(path.isEmpty && word == "help") else {
                return
            }
            guard known.contains(word) else {
                let nearest = known.nearest(to: word)
                let isNear = nearest.distance(to: word) <= max(2, word.count / 3)
                let advice =
                    isNear
                    ? "did you mean '\((path + [nearest]).joined(separator: " "))'?"
                    : "there are \(known.joined(separator: ", "))"
                throw .usage(
                    "there is no command '\((path + [word]).joined(separator: " "))'; \(advice)")
            }
            path.append(word)
        }
    }

    /// Whether results are to be told as JSON on standard output, which no picture takes then.
    static func askForJSON(_ words: [String]) -> Bool {
        let options = words.prefix { $0 != "--" }
        let takesOutput = zip(options, options.dropFirst()).contains {
            ["-o", "--output"].contains($0) && $1 == "-"
        }
        return options.contains("--json") && !takesOutput && !options.contains("--output=-")
    }
}
