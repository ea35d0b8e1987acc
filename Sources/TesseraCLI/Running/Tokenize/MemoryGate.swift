import Glibc

/// Lets pictures into memory as long as there is room for them, and makes threads wait that bring more.
final class MemoryGate: @unchecked Sendable {
    private let limit: Int
    private let isStrict: Bool
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var inUse = 0  // Guarded by the mutex.

    /// Makes a gate.
    ///
    /// - Parameter limit: The most bytes at once; `nil` for a gibibyte, beyond which a single picture
    ///   may go if it is alone.
    init(limit: Int?) {
        self.limit = limit ?? 1 << 30
        isStrict = limit != nil
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    /// Runs a closure when there is room.
    ///
    /// - Parameters:
    ///   - byteCount: The bytes that it needs.
    ///   - body: Uses them.
    /// - Returns: What `body` returns, or `nil` if there can never be room.
    /// - Throws: What `body` throws.
    func with<Result>(byteCount: Int, _ body: () throws -> Result) rethrows -> Result? {
        guard byteCount <= limit || !isStrict else { return nil }
        pthread_mutex_lock(mutex)
        while inUse > 0 && inUse + byteCount > limit { pthread_cond_wait(condition, mutex) }
        inUse += byteCount
        pthread_mutex_unlock(mutex)
        defer {
            pthread_mutex_lock(mutex)
            inUse -= byteCount
            pthread_cond_broadcast(condition)
            pthread_mutex_unlock(mutex)
        }
        return try body()
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }
}
