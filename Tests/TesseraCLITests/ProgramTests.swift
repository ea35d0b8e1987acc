import TesseraCLI
import Testing
import _TesseraTestSupport

@Suite struct ProgramTests {
    @Test(arguments: Program.commands)
    func everyCommandExplainsItselfWithAnExample(_ command: [String]) {
        for arguments in [command + ["--help"], ["help"] + command] {
            let run = tessera(arguments)
            #expect(run.code == 0)
            #expect(run.text.contains("Example: tessera \(command.joined(separator: " ")) "))
            #expect(run.messages.isEmpty)
        }
    }

    @Test(arguments: Program.commands)
    func whatIsAboveACommandListsIt(_ command: [String]) {
        let run = tessera(command.dropLast() + ["--help"])
        #expect(run.code == 0)
        #expect(run.text.contains("  \(command[command.count - 1]) "))
    }

    @Test func commandsAreFoundAtEveryDepth() {
        #expect(Program.commands.contains(["inpaint"]))
        #expect(Program.commands.contains(["tokens", "stats"]))
    }

    @Test func theRootShowsThreeThingsToDo() {
        let lines = tessera([]).text.split(separator: "\n").filter { $0.hasPrefix("  tessera ") }
        #expect(lines.count == 3)
        for line in lines {
            let words = line.split(separator: " ").dropFirst().map(String.init)
            // The parser takes all words: it refuses the addition alone.
            let run = tessera(words + ["--threads=0"])
            #expect(run.code == 2 && run.messages.contains("'--threads' is 0"), "\(line)")
        }
    }

    @Test func theRootSaysItsVersion() {
        #expect(tessera("--version").text == "0.1.0\n")
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func shellsCanCompleteTheCommandLine(_ shell: String) {
        let run = tessera("--generate-completion-script", shell)
        #expect(run.code == 0)
        #expect(run.text.contains("fit-bins"))
    }

    @Test func aWrongCommandLineIsAUsageError() {
        for arguments in [["frobnicate"], ["models", "--frob"]] {
            let run = tessera(arguments)
            #expect(run.code == 2)
            #expect(run.messages.hasPrefix("tessera: "))
            #expect(run.output.isEmpty)
        }
        let threads = tessera("models", "--threads", "0")
        #expect(threads.code == 2)
        #expect(
            threads.messages.hasPrefix("tessera: '--threads' is 0, but must be from 1 to 1024\n"))
    }

    /// Each command line of README.md is one that the parser takes: it refuses only what we add.
    @Test func theReadmeSpeaksTheTruth() {
        let commandLines = lines(of: "README.md").filter { $0.hasPrefix("tessera ") }
        #expect(commandLines.count >= 7)
        for line in commandLines {
            let words = line.prefix { $0 != "#" }.split(separator: " ").dropFirst().map(String.init)
            let addition = words[0] == "inspect" ? "--json=1" : "--threads=0"
            let run = tessera(words + [addition])
            #expect(run.code == 2)
            #expect(
                run.messages.hasPrefix("tessera: '--threads' is 0")
                    || run.messages.contains("'--json'"), "\(line): \(run.messages)")
        }
    }

    @Test func aClosedOutputEndsTheRun() {
        let console = Console(
            isTerminal: false,
            output: { (_) throws(CommandFailure) in throw .storage("the disk is full") },
            messages: { _ in })
        #expect(Program.run(["--version"], on: console) == 4)
        #expect(Program.run(["inspect", tinyModelPath], on: console) == 4)
    }

    @Test func fileNamesCannotSteerATerminal() {
        let run = tessera("inspect", "no\u{1B}[2Jsuch\nfile.png")
        #expect(run.code == 1)
        #expect(run.messages.hasPrefix("tessera: no\\u{1b}[2Jsuch\\u{a}file.png: "))
    }
}

@Suite struct ProgressLineTests {
    /// A clock that is set by hand, and what was written.
    final class Stage {
        var time = ContinuousClock.now
        var messages: [String] = []

        func line(isTerminal: Bool, isQuiet: Bool = false) -> ProgressLine {
            let console = Console(
                isTerminal: isTerminal, columnCount: 60, output: { _ in },
                messages: { self.messages.append($0) })
            return ProgressLine(
                on: console, isQuiet: isQuiet, itemCount: 4, now: { self.time })
        }
    }

    @Test func aLogGetsALineInTenSeconds() {
        let stage = Stage()
        let line = stage.line(isTerminal: false)
        for item in 0 ..< 4 {
            line.begin("\(item).png")
            stage.time += .seconds(4)
            line.end()
        }
        line.finish(madeCount: 3, failedCount: 1)
        // At 12 s, and the end.
        #expect(stage.messages.count == 2)
        #expect(stage.messages[0] == "4/4  2.png  4.0 s/picture  left 4.0 s\n")
        #expect(stage.messages[1] == "3 pictures in 16.0 s, 1 failed\n")
    }

    @Test func aTerminalGetsABarThatFitsAndIsClearedAway() {
        let stage = Stage()
        let line = stage.line(isTerminal: true)
        line.begin(String(repeating: "long", count: 30))
        stage.time += .seconds(1)
        line.advance(toStep: 6, of: 12)
        #expect(stage.messages.last?.hasPrefix("\r\u{1B}[K[##------------------]") == true)
        #expect(stage.messages.allSatisfy { $0.count <= 60 + 4 })
        stage.time += .milliseconds(10)
        let count = stage.messages.count
        line.advance(toStep: 7, of: 12)
        #expect(stage.messages.count == count)
        line.clear()
        #expect(stage.messages.last == "\r\u{1B}[K")
    }

    @Test func aLineSaysWhatIsDone() {
        let stage = Stage()
        let line = stage.line(isTerminal: false)
        line.begin("a.png")
        stage.time += .seconds(11)
        line.advance(toStep: 6, of: 33)
        stage.time += .seconds(11)
        line.advance(toStep: 14, of: 33, doing: "copying")
        #expect(stage.messages.first?.hasPrefix("1/4  a.png  step 6/33  left") == true)
        #expect(stage.messages.last?.hasPrefix("1/4  a.png  copying 14/33  left") == true)
    }

    @Test func quietDrawsNothing() {
        let stage = Stage()
        let line = stage.line(isTerminal: true, isQuiet: true)
        line.begin("a")
        line.end()
        line.finish(madeCount: 1, failedCount: 0)
        #expect(stage.messages.isEmpty)
    }

    @Test func durationsAreWrittenAsPeopleReadThem() {
        #expect(clockText(.milliseconds(3240)) == "3.2 s")
        #expect(clockText(.seconds(245)) == "4:05")
        #expect(clockText(.seconds(3723)) == "1:02:03")
    }
}
