import Glibc
import TesseraFiles

/// What signals do to the program: half written files go, and the exit code names the signal.
enum Signals {
    /// Installs handlers for Ctrl-C, termination, a closed terminal and a closed pipe.
    ///
    /// A signal that whoever started the program has it ignore stays ignored, as `nohup` and shells
    /// want. Writing past the limit on a file's size becomes an error like a full disk.
    static func clearAwayOnEnd() {
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] where !isIgnored(number) {
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
        signal(SIGXFSZ, SIG_IGN)
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        return handler == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
