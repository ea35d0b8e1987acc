/// A file format that pictures are read from and written to.
public enum ImageFormat: String, Sendable, CaseIterable {
    /// Portable Network Graphics: exact, with alpha, 8 or 16 bits.
    case png

    /// JPEG: small, not exact, 8 bits, without alpha.
    case jpeg

    /// Chooses the format that a file name asks for.
    ///
    /// - Parameter path: A name that ends in `.png`, `.jpg`, `.jpeg`, `.jpe` or `.jfif`, in any case.
    /// - Throws: ``ImageError/unknownExtension(_:)``.
    public init(path: String) throws(ImageError) {
        let name = path.split(separator: "/").last ?? ""
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let fileExtension = parts.count > 1 ? String(parts[parts.count - 1]) : ""
        switch fileExtension.lowercased() {
        case "png": self = .png
        case "jpg", "jpeg", "jpe", "jfif": self = .jpeg
        default: throw .unknownExtension(fileExtension)
        }
    }

    /// The extension of a name that asks for a format of pictures or documents which is not written.
    ///
    /// Such a name is hardly meant for a folder.
    ///
    /// - Parameter path: A path.
    /// - Returns: The extension, such as `webp`; `nil` for any other name.
    package static func unwrittenExtension(of path: String) -> String? {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
        let fileExtension = String(name[name.index(after: dot)...])
        return unwrittenExtensions.contains(fileExtension.lowercased()) ? fileExtension : nil
    }

    private static let unwrittenExtensions: Set<String> = [
        "apng", "arw", "avif", "bmp", "cr2", "cr3", "dds", "dng", "eps", "exr", "gif", "hdr",
        "heic",
        "heif", "hif", "ico", "j2k", "jp2", "jpf", "jpx", "jxl", "jxr", "mov", "mp4", "mpo", "nef",
        "orf", "pam", "pbm", "pcx", "pdf", "pgm", "pnm", "ppm", "psd", "qoi", "raf", "raw", "rw2",
        "svg", "tga", "tif", "tiff", "webm", "webp", "xcf",
    ]

    /// Recognises a format by the first bytes of a file, whatever its name is.
    ///
    /// - Parameter bytes: The whole file, or at least its first twelve bytes.
    /// - Throws: ``ImageError/empty``, ``ImageError/unsupportedFormat(_:)`` for other picture formats,
    ///   or ``ImageError/notAnImage(firstBytes:)``.
    public init(sniffing bytes: [UInt8]) throws(ImageError) {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) || bytes == [0xFF, 0xD8] {
            self = .jpeg
        } else if bytes.isEmpty {
            throw .empty
        } else if let name = Self.nameOfOtherFormat(bytes) {
            throw .unsupportedFormat(name)
        } else {
            throw .notAnImage(firstBytes: Array(bytes.prefix(8)))
        }
    }

    /// The usual extension of file names, without the dot.
    public var fileExtension: String {
        switch self {
        case .png: "png"
        case .jpeg: "jpg"
        }
    }

    private static func nameOfOtherFormat(_ bytes: [UInt8]) -> String? {
        func has(_ text: String, at offset: Int = 0) -> Bool {
            bytes.dropFirst(offset).starts(with: text.utf8)
        }
        if has("GIF8") { return "GIF" }
        if has("RIFF") && has("WEBP", at: 8) { return "WebP" }
        if has("BM") { return "BMP" }
        if has("II*\0") || has("MM\0*") { return "TIFF" }
        if has("ftypavif", at: 4) { return "AVIF" }
        if has("ftyphei", at: 4) || has("ftypmif1", at: 4) { return "HEIF" }
        if bytes.starts(with: [0xFF, 0x0A]) || has("JXL ", at: 4) { return "JPEG XL" }
        if bytes.starts(with: [0, 0, 0, 12]) && has("jP  ", at: 4) { return "JPEG 2000" }
        return nil
    }
}
