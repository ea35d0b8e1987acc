import Glibc
import Synchronization
import TesseraJobs

/// Room for the calls of the program, whatever `ulimit -s` allows.
enum Stacks {
    /// Runs the program on a stack that is large enough.
    ///
    /// - Parameter body: Gives the exit code.
    /// - Returns: The exit code.
    static func withRoom(_ body: @escaping @Sendable () -> Int32) -> Int32 {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0,
            limit.rlim_cur < BackgroundThread.stackByteCount,
            let thread = BackgroundThread({ exitCode.store(body(), ordering: .releasing) })
        else { return body() }
        thread.join()
        return exitCode.load(ordering: .acquiring)
    }

    private static let exitCode = Atomic<Int32>(0)
}
