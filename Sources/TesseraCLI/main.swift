import Glibc

let arguments = Array(CommandLine.arguments.dropFirst())
Signals.clearAwayOnEnd()
Signals.sayShortageOfMemory(asJSON: CommandLineWords.askForJSON(arguments))
Signals.tellStateWhenAsked()
exit(Stacks.withRoom { [arguments] in Program.run(arguments, on: Console.standard()) })
