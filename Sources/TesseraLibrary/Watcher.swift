import CTesseraLibrary

/// Whoever calls from C, told after each step of a long call, and asked whether to go on.
struct Watcher {
    private let step: tessera_step?
    private let context: UnsafeMutableRawPointer?

    /// Watches a call.
    ///
    /// - Parameters:
    ///   - step: The function of the caller, or `nil`.
    ///   - context: What it is given.
    init(_ step: tessera_step?, _ context: UnsafeMutableRawPointer?) {
        self.step = step
        self.context = context
    }

    /// Tells how far the call is.
    ///
    /// - Parameters:
    ///   - number: The number of steps that are done.
    ///   - count: The number of steps in all, as far as is known.
    /// - Throws: A ``Failure`` if the caller stops the call.
    func tell(_ number: Int, of count: Int) throws(Failure) {
        guard let step, step(context, number, max(count, number)) != 0 else { return }
        throw Failure(status: TESSERA_STOPPED, sentence: "the step function ended the call")
    }
}
