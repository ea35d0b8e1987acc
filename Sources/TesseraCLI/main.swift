import Glibc

Signals.clearAwayOnEnd()
exit(Program.run(Array(CommandLine.arguments.dropFirst()), on: Console.standard()))
