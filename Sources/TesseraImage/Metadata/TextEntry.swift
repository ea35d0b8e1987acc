/// A text that travels with a picture under a keyword, such as the recipe it was made by.
public struct TextEntry: Sendable, Equatable {
    /// What the text is; in a PNG at most 79 printable Latin characters.
    public var keyword: String

    /// The text.
    public var value: String

    /// Creates an entry.
    ///
    /// - Parameters:
    ///   - keyword: What the text is.
    ///   - value: The text.
    public init(keyword: String, value: String) {
        self.keyword = keyword
        self.value = value
    }
}

extension [TextEntry] {
    /// The value of the first entry with a keyword.
    public subscript(keyword keyword: String) -> String? {
        first { $0.keyword == keyword }?.value
    }
}

extension String {
    /// Reads Latin-1, in which every byte is a character.
    init(latin1 bytes: some Sequence<UInt8>) {
        self.init(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
