import Glibc
import TesseraFiles

/// What happens when a signal ends the program: half written files go, the exit code names the signal.
enum Signals {
    /// Installs a handler for Ctrl-C, termination, a closed terminal and a closed pipe.
    static func clearAwayOnEnd() {
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] {
            signal(number) { number in
                // Only calls that are safe in a handler: no lock, no memory.
                TemporaryFiles.removeAll()
                if isatty(2) == 1 {
                    var lineBreak: UInt8 = 10
                    write(2, &lineBreak, 1)
                }
                _exit(128 + number)
            }
        }
    }
}
