import TesseraFiles
public import TesseraImage

/// Where the results of a run over pictures go, and how they are stored.
public struct PictureOutput: Sendable {
    /// A picture's name for a single input, or a folder; `nil` to be given the bytes of a single result.
    public var path: String?

    /// The format to write; that of the output's name, or of the input, unless given.
    public var format: ImageFormat?

    /// How files are encoded, and whether they replace others.
    public var encoding = EncodingOptions()

    /// Whether files that exist are kept, and only what is missing is done.
    public var isSkipping = false

    /// The number of results of each input; of several, each has its number behind its name, from 1 on.
    public var resultCount = 1

    /// Describes an output that replaces nothing.
    ///
    /// - Parameter path: A picture's name for a single input, or a folder; `nil` to be given the bytes of
    ///   a single result.
    public init(path: String?) {
        self.path = path
    }

    /// The path of a result whose input has several.
    ///
    /// - Parameters:
    ///   - path: The path that a single result would have.
    ///   - number: The number of the result, from 0 on.
    /// - Returns: The path itself if there is one result only, else such as `whole-1.png`.
    public func numbered(_ path: String, _ number: Int) -> String {
        guard resultCount > 1 else { return path }
        let ending = path.fileExtension
        let stem = "\(path.withoutExtension)-\(number + 1)"
        return ending.isEmpty ? stem : "\(stem).\(ending)"
    }
}
