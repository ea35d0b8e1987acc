/// The path of a file in the folder `Fixtures` beside a test.
///
/// - Parameters:
///   - name: The name of the file.
///   - test: The source file of the test.
/// - Returns: A path; fixtures are committed, so that the file is there.
public func fixturePath(_ name: String, beside test: String = #filePath) -> String {
    test[..<(test.lastIndex(of: "/") ?? test.startIndex)] + "/Fixtures/" + name
}
