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

    /// Describes an output that replaces nothing.
    ///
    /// - Parameter path: A picture's name for a single input, or a folder; `nil` to be given the bytes of
    ///   a single result.
    public init(path: String?) {
        self.path = path
    }
}
