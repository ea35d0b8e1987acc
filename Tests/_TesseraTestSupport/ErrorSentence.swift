public import Testing

/// Checks the sentence of the error that a closure throws.
///
/// - Parameters:
///   - sentence: The whole description of the error.
///   - sourceLocation: Where a difference is reported.
///   - body: Must throw.
public func expect<Failure: Error & CustomStringConvertible>(
    _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation,
    from body: () throws(Failure) -> Void
) {
    do {
        try body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch {
        #expect(error.description == sentence, sourceLocation: sourceLocation)
    }
}
