import Glibc
import Synchronization
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

    /// Where the memory of the process is limited, installs handlers that name the limit as the likely cause and end
    /// with the exit code of a storage fault: few allocations can fail in any other way.
    ///
    /// - Parameter asJSON: Whether it is said on standard output too, as JSON.
    static func sayShortageOfMemory(asJSON: Bool) {
        Signals.isJSONAsked.store(asJSON, ordering: .relaxed)
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
            limit.rlim_cur != rlim_t.max
        else { return }
        for number in [SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP] {
            signal(number) { _ in
                TemporaryFiles.removeAll()
                func tell(_ descriptor: Int32, _ text: StaticString) {
                    write(descriptor, text.utf8Start, text.utf8CodeUnitCount)
                }
                let sentence: StaticString =
                    "the work broke off, most likely because 'ulimit -v' allows too little memory; raise the limit, or pass fewer '--threads'"
                tell(2, "tessera: ")
                tell(2, sentence)
                tell(2, "\n")
                if Signals.isJSONAsked.load(ordering: .relaxed) {
                    tell(1, "{\"error\":\"")
                    tell(1, sentence)
                    tell(1, "\",\"exitCode\":4}\n")
                }
                _exit(ExitStatus.storage.rawValue)
            }
        }
    }

    /// Has SIGUSR1 ask for the state of the run instead of ending it.
    static func tellStateWhenAsked() {
        Signals.isStateAsked.store(false, ordering: .relaxed)
        signal(SIGUSR1) { _ in Signals.isStateAsked.store(true, ordering: .relaxed) }
    }

    /// Whether the state was asked for since the last call.
    static func takeStateRequest() -> Bool {
        isStateAsked.exchange(false, ordering: .relaxed)
    }

    private static let isStateAsked = Atomic(false)
    private static let isJSONAsked = Atomic(false)

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        return handler == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
