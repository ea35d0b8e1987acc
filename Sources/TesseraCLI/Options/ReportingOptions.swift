import ArgumentParser
import TesseraTensor

/// What every command takes: how much it says, in which form, and with how many threads it works.
struct ReportingOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Say only what goes wrong.")
    var quiet = false

    @Flag(help: "Print a JSON object for each item, then a summary, on standard output.")
    var json = false

    @Option(
        help: ArgumentHelp("The number of threads; all cores unless given.", valueName: "n"))
    var threads: Int?

    func validate() throws {
        if let threads, !(1 ... 1024).contains(threads) {
            throw ValidationError("'--threads' is \(threads), but must be from 1 to 1024")
        }
    }

    /// Makes the choices that hold for the whole process.
    func apply() {
        if let threads { Processor.setThreadCount(threads) }
    }
}
