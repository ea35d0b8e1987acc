public import Testing

/// Expects that a process that a precondition stopped has said why.
///
/// Optimized builds stop without a word, so there only the stop itself is seen.
///
/// - Parameters:
///   - sentence: What the precondition says, or a part of it.
///   - result: What is known of the process, its standard error included.
///   - sourceLocation: Where to report a failure.
public func expectSentence(
    _ sentence: String, of result: ExitTest.Result?,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #if DEBUG
        let printed = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(printed.contains(sentence), "\(printed)", sourceLocation: sourceLocation)
    #endif
}
