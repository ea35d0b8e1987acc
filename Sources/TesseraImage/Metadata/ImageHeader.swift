/// What a picture's file says about it, read without decoding a pixel.
public struct ImageHeader: Sendable, Equatable {
    /// The format, told by the first bytes and not by the name.
    public var format: ImageFormat

    /// The width in pixels as stored, before the orientation is applied.
    public var storedWidth: Int

    /// The height in pixels as stored, before the orientation is applied.
    public var storedHeight: Int

    /// How a stored pixel says its colour.
    public var encoding: ColourEncoding

    /// The bits of one stored sample, or of one palette index: 1, 2, 4, 8 or 16.
    public var bitsPerSample: Int

    /// Whether the picture has alpha, as a channel or by a transparent colour.
    public var hasAlpha: Bool

    /// Whether the file shows a coarse picture first: interlaced PNG or progressive JPEG.
    public var isProgressive: Bool

    /// How the stored picture must be turned.
    public var orientation = Orientation.upright

    /// The ICC profile, if the file carries one.
    public var colourProfile: [UInt8]?

    /// The texts that the file carries, in its order.
    public var text: [TextEntry] = []

    /// The names of metadata that were left out because they are damaged or too long.
    public var omissions: [String] = []

    /// What the file holds beside the picture that is read, in words, such as `an animation of 8 frames`; `nil` if it
    /// holds nothing else.
    public var furtherContent: String?

    /// How a stored pixel says its colour.
    public enum ColourEncoding: String, Sendable {
        /// One sample.
        case gray

        /// Three samples; in a JPEG perhaps as luma and chroma.
        case rgb

        /// An index into a table of RGB colours.
        case palette

        /// Four inks, which are read as RGB.
        case cmyk
    }

    /// The width in pixels of the upright picture.
    public var width: Int { orientation.swapsSides ? storedHeight : storedWidth }

    /// The height in pixels of the upright picture.
    public var height: Int { orientation.swapsSides ? storedWidth : storedHeight }

    /// The stored channels, alpha among them; a palette index is one, whatever is in the table.
    public var channelCount: Int {
        switch encoding {
        case .gray: hasAlpha ? 2 : 1
        case .rgb: hasAlpha ? 4 : 3
        case .palette: 1
        case .cmyk: 4
        }
    }

    /// Reads the header of a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - limits: What sizes are admitted.
    /// - Throws: ``ImageError``.
    public init(
        contentsOf path: String, limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) {
        try self.init(bytes: readImageBytes(path: path, limits: limits), limits: limits)
    }

    /// Reads the header of a file that is already in memory.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - limits: What sizes are admitted.
    /// - Throws: ``ImageError``.
    public init(
        bytes: [UInt8], limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) {
        switch try ImageFormat(sniffing: bytes) {
        case .png: self = try PNGFile(bytes).header(limits: limits)
        case .jpeg: self = try JPEGFile(bytes).header(limits: limits)
        }
        try limits.check(width: storedWidth, height: storedHeight)
    }

    init(
        format: ImageFormat, storedWidth: Int, storedHeight: Int, encoding: ColourEncoding,
        bitsPerSample: Int, hasAlpha: Bool, isProgressive: Bool
    ) {
        self.format = format
        self.storedWidth = storedWidth
        self.storedHeight = storedHeight
        self.encoding = encoding
        self.bitsPerSample = bitsPerSample
        self.hasAlpha = hasAlpha
        self.isProgressive = isProgressive
    }
}
