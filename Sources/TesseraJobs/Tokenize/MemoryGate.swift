/// Lets pictures into memory as long as there is room for them, and makes threads wait that bring more.
final class MemoryGate: Sendable {
    private let limit: Int
    private let isStrict: Bool
    private let inUse = Monitor(0)

    /// Makes a gate.
    ///
    /// - Parameter limit: The most bytes at once; `nil` for a gibibyte, beyond which a single picture
    ///   may go if it is alone.
    init(limit: Int?) {
        self.limit = limit ?? 1 << 30
        isStrict = limit != nil
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
        inUse.wait { inUse -> Void? in
            guard inUse == 0 || inUse + byteCount <= limit else { return nil }
            inUse += byteCount
            return ()
        }
        defer { inUse.change { $0 -= byteCount } }
        return try body()
    }
}
