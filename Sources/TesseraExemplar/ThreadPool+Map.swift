import TesseraTensor

extension ThreadPool {
    /// What a closure makes of each index, on all threads.
    ///
    /// - Parameters:
    ///   - count: The number of indices.
    ///   - body: Makes a value of an index below `count`.
    /// - Returns: The values, in the order of the indices.
    static func map<Value>(count: Int, _ body: (Int) -> Value) -> [Value] {
        [Value](unsafeUninitializedCapacity: count) { values, initializedCount in
            let first = values.baseAddress
            run(count: count) { first?.advanced(by: $0).initialize(to: body($0)) }
            initializedCount = count
        }
    }
}
