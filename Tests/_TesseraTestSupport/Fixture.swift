/// The path of a file in the folder `Fixtures` beside a test.
///
/// - Parameters:
///   - name: The name of the file.
///   - test: The source file of the test.
/// - Returns: A path; fixtures are committed, so that the file is there.
public func fixturePath(_ name: String, beside test: String = #filePath) -> String {
    folder(of: test) + "/Fixtures/" + name
}

/// The path of a model folder of some thousand seeded random weights.
///
/// A dimension-wise tokenizer of four slots of 16 codes, and a prior with a window of 8 and the labels
/// "roses" and "tulips". `Tests/Tools/make-fixtures.py` writes it.
public let tinyModelPath = folder(of: #filePath) + "/TinyModel"

/// The path of a narrow SqueezeNet of seeded random weights, which `Tests/Tools/make-fixtures.py` writes.
public let narrowSqueezeNetPath =
    folder(of: folder(of: #filePath)) + "/TesseraPerceptionTests/Fixtures/perceptual.safetensors"

/// A picture with a filled hole, the true one, the hole and the figures that compare them, which
/// `Tests/Tools/make-hole-fixtures.py` writes; the network is that of ``narrowSqueezeNetPath``.
public let filledHolePath =
    folder(of: folder(of: #filePath)) + "/TesseraPerceptionTests/Fixtures/hole.safetensors"

/// The lines of a text file of this repository.
///
/// - Parameter path: The path from the root of the repository, or an absolute one.
/// - Returns: The lines; none if there is no such file.
public func lines(of path: String) -> [String] {
    let root = folder(of: folder(of: folder(of: #filePath)))
    return String(
        decoding: bytes(of: path.hasPrefix("/") ? path : root + "/" + path), as: UTF8.self
    )
    .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}

private func folder(of path: String) -> String {
    String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
}
