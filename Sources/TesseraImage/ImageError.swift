public import TesseraFiles

/// Why a picture could not be read or written.
public enum ImageError: Error, Equatable {
    /// The file could not be opened, read or written.
    case file(FileError)

    /// There are no bytes.
    case empty

    /// The bytes begin like no picture format.
    case notAnImage(firstBytes: [UInt8])

    /// The bytes are a picture in a format that is not read.
    case unsupportedFormat(String)

    /// A file name does not say which format to write.
    case unknownExtension(String)

    /// The header declares a side of no pixels.
    case noPixels(width: Int, height: Int)

    /// The header declares more pixels than are admitted.
    case tooManyPixels(width: Int, height: Int, limit: Int)

    /// The header declares a side longer than is admitted.
    case sideTooLong(width: Int, height: Int, limit: Int)

    /// The header declares more pixels than its bytes could hold, however well they are packed.
    case tooFewBytes(width: Int, height: Int, byteCount: Int)

    /// A progressive JPEG has more scans than are admitted.
    case tooManyScans(limit: Int)

    /// The bytes end before the pixels are complete.
    case truncated(ImageFormat)

    /// A part of the header is missing or contradicts the format.
    case badHeader(ImageFormat, HeaderFault)

    /// A JPEG of a kind that is not read.
    case unsupportedJPEG(JPEGKind)

    /// The compressed pixels are damaged; `report` is what the codec says.
    case damaged(ImageFormat, report: String)

    /// A text entry that the format cannot hold.
    case unwritableText(keyword: String, TextFault)

    /// Memory ran out in a codec.
    case outOfMemory(ImageFormat)

    /// What is wrong with a header.
    public enum HeaderFault: Sendable, Equatable {
        /// The part of this name does not stand where it must.
        case missing(String)

        /// The part of this name does not match its checksum.
        case checksum(String)

        /// A PNG colour type that does not exist, or not with that many bits.
        case colour(type: Int, bits: Int)

        /// A PNG compression, filter or interlace method that does not exist.
        case method(name: String, value: Int)

        /// A JPEG segment that is shorter than its own length field.
        case segmentLength(Int)
    }

    /// Kinds of JPEG that are not read.
    public enum JPEGKind: Sendable, Equatable {
        /// Samples of other than 8 bits.
        case bits(Int)

        /// Neither 1, 3 nor 4 components.
        case components(Int)

        /// Lossless coding.
        case lossless

        /// Hierarchical coding.
        case hierarchical

        /// A height that is given only after the pixels.
        case deferredHeight
    }

    /// Why a text entry cannot be written.
    public enum TextFault: Sendable, Equatable {
        /// PNG keywords have 1 to 79 printable Latin characters, and single spaces between words.
        case keyword

        /// A text contains U+0000, which ends texts in PNG.
        case nullCharacter

        /// A comment in a JPEG holds 65 533 bytes.
        case length(Int, limit: Int)
    }
}

extension ImageError: CustomStringConvertible {
    /// One sentence, without a final period, that names the thing, the fact and the expectation.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .empty: "the file is empty; a PNG or JPEG picture was expected"
        case .notAnImage(let bytes):
            "the file begins with \(Self.quoted(bytes)), but a PNG or JPEG picture was expected"
        case .unsupportedFormat(let name):
            "the picture is \(name), but only PNG and JPEG are read; convert it first"
        case .unknownExtension(let name):
            name.isEmpty
                ? "the name has no extension; end it in .png or .jpg"
                : "the name ends in '.\(name)', but only .png and .jpg are written"
        case .noPixels, .tooManyPixels, .sideTooLong, .tooFewBytes, .tooManyScans:
            sizeDescription
        case .truncated(let format):
            "the \(format.name) ends before its pixels are complete; the file is truncated"
        case .badHeader(let format, let fault): "the \(format.name) \(fault)"
        case .unsupportedJPEG(let kind): "the JPEG \(kind)"
        case .damaged(let format, let report):
            "the pixels of the \(format.name) are damaged: \(report)"
        case .unwritableText(let keyword, let fault): "the text '\(keyword)' \(fault)"
        case .outOfMemory(let format): "no memory is left to code the \(format.name)"
        }
    }

    private var sizeDescription: String {
        switch self {
        case .noPixels(let width, let height):
            "the picture is \(width) × \(height) pixels; both sides must be at least 1"
        case .tooManyPixels(let width, let height, let limit):
            "the picture claims \(width) × \(height) pixels, but at most \(limit) are admitted"
        case .sideTooLong(let width, let height, let limit):
            "the picture is \(width) × \(height) pixels, but a side has at most \(limit)"
        case .tooFewBytes(let width, let height, let byteCount):
            "the picture claims \(width) × \(height) pixels, "
                + "which its \(byteCount) bytes cannot hold; the file is truncated or forged"
        case .tooManyScans(let limit):
            "the JPEG has more than \(limit) scans; such files exist only to waste time"
        default: ""
        }
    }

    private static func quoted(_ bytes: [UInt8]) -> String {
        let isText = bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        guard isText else {
            return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
                .joined(separator: " ")
        }
        return "'\(String(decoding: bytes, as: UTF8.self))'"
    }
}

extension ImageFormat {
    var name: String {
        switch self {
        case .png: "PNG"
        case .jpeg: "JPEG"
        }
    }
}

extension ImageError.HeaderFault: CustomStringConvertible {
    /// What follows "the PNG" or "the JPEG" in the sentence.
    public var description: String {
        switch self {
        case .missing(let part): "has no \(part) where it must stand"
        case .checksum(let part): "has a wrong checksum in \(part); the file is damaged"
        case .colour(let type, let bits):
            "has colour type \(type) with \(bits) bits a sample, which does not exist"
        case .method(let name, let value): "has \(name) method \(value), which does not exist"
        case .segmentLength(let length):
            "has a segment of \(length) bytes; the length alone takes 2"
        }
    }
}

extension ImageError.JPEGKind: CustomStringConvertible {
    /// What follows "the JPEG" in the sentence.
    public var description: String {
        switch self {
        case .bits(let count): "has \(count) bits a sample, but only 8 are read; convert it first"
        case .components(let count):
            "has \(count) components, but only 1, 3 and 4 are read; convert it first"
        case .lossless: "is losslessly coded, which is not read; convert it first"
        case .hierarchical: "is hierarchically coded, which is not read; convert it first"
        case .deferredHeight: "gives its height after the pixels, which is not read"
        }
    }
}

extension ImageError.TextFault: CustomStringConvertible {
    /// What follows "the text 'keyword'" in the sentence.
    public var description: String {
        switch self {
        case .keyword:
            "has a keyword that PNG does not allow; "
                + "use 1 to 79 printable Latin characters with single spaces between"
        case .nullCharacter: "contains U+0000, which no format can hold"
        case .length(let count, let limit):
            "has \(count) bytes, but a JPEG comment holds \(limit); write a PNG instead"
        }
    }
}
