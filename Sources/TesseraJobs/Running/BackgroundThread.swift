import Glibc

/// A thread of its own for work that goes on beside its caller.
///
/// It is a thread of the system, which also works in a process that was forked from another.
package struct BackgroundThread {
    /// The bytes of the stack of each thread, whatever `ulimit -s` allows.
    package static let stackByteCount = 8 << 20

    private let thread: pthread_t

    /// Starts a thread; `nil` if the system allows no more of them.
    ///
    /// - Parameter body: The work.
    package init?(_ body: @escaping @Sendable () -> Void) {
        final class Work {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, BackgroundThread.stackByteCount)
        let code = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        guard code == 0 else {
            work.release()
            return nil
        }
        self.thread = thread
    }

    /// Waits for the end of the work; to be called once, unless the thread is let go.
    package func join() { pthread_join(thread, nil) }

    /// Lets the thread go on alone.
    func letGo() { pthread_detach(thread) }
}
