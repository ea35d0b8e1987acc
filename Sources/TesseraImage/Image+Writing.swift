import CTesseraCodecs
import Glibc
import TesseraFiles

/// How a picture is written.
public struct EncodingOptions: Sendable, Equatable {
    /// The quality of a JPEG from 1 to 100.
    ///
    /// From 90 up, colour keeps the full resolution; below, chroma is halved, as is usual.
    public var quality = 92

    /// How hard a PNG is compressed, from 1 to 9.
    ///
    /// Level 3 takes a third of the time of level 6 and 6 % more bytes for a photograph.
    public var compressionLevel = 3

    /// What shows through transparent places of a JPEG, which has no alpha: red, green and blue.
    public var background: [UInt8] = [255, 255, 255]

    /// Whether a file of the same name is replaced.
    public var replacesFile = true

    /// Creates the options that apply unless others are given.
    public init() {}
}

extension Image {
    /// Writes the picture, upright, with its profile and texts, so that it appears whole or not at all.
    ///
    /// A JPEG has no alpha and 8 bits: the picture is laid over ``EncodingOptions/background`` there, and 16 bits are
    /// rounded.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - format: The format; that of ``format`` if none is given, whatever the name ends in.
    ///   - options: Quality, compression, and whether to replace.
    /// - Throws: ``ImageError``.
    public func write(
        to path: String, as format: ImageFormat? = nil,
        options: EncodingOptions = EncodingOptions()
    ) throws(ImageError) {
        let bytes = try encoded(as: format, options: options)
        do {
            var file = try AtomicFile(path: path, replacing: options.replacesFile)
            try file.write(bytes)
            try file.commit()
        } catch {
            throw .file(error)
        }
    }

    /// Encodes the picture, upright, with its profile and texts.
    ///
    /// - Parameters:
    ///   - format: The format; that of ``format`` if none is given.
    ///   - options: Quality and compression.
    /// - Returns: The bytes of a file.
    /// - Throws: ``ImageError``.
    public func encoded(
        as format: ImageFormat? = nil, options: EncodingOptions = EncodingOptions()
    ) throws(ImageError) -> [UInt8] {
        switch format ?? self.format {
        case .png: try encodedPNG(options)
        case .jpeg: try encodedJPEG(options)
        }
    }

    private func encodedPNG(_ options: EncodingOptions) throws(ImageError) -> [UInt8] {
        var parts: [(name: String, data: [UInt8])] = []
        if let colourProfile, fits(profile: colourProfile) {
            parts.append(("iCCP", PNGFile.profileChunk(colourProfile)))
        }
        for entry in text {
            parts.append(try PNGFile.textChunk(entry))
        }
        var result = tessera_codec_result()
        let data = Array(parts.map(\.data).joined())
        let encoded = data.withUnsafeBufferPointer { buffer in
            var offset = 0
            let chunks = parts.map { name, data in
                defer { offset += data.count }
                let letters = Array(name.utf8)
                return tessera_png_chunk(
                    name: (letters[0], letters[1], letters[2], letters[3], 0),
                    bytes: buffer.baseAddress.map { $0 + offset }, count: data.count)
            }
            return samples.withUnsafeBytes { colours in
                withAlpha { alpha in
                    tessera_png_write(
                        layout(bits: bitsPerSample), colours, alpha, chunks, chunks.count,
                        Int32(options.compressionLevel), &result)
                }
            }
        }
        try check(result, .png)
        return bytes(of: encoded)
    }

    private func encodedJPEG(_ options: EncodingOptions) throws(ImageError) -> [UInt8] {
        try checkSides(limit: 65_500)
        var parts: [(code: Int32, data: [UInt8])] = []
        if let colourProfile, fits(profile: colourProfile) {
            parts += JPEGFile.profileSegments(colourProfile).map { (0xE2, $0) }
        }
        for entry in text {
            parts.append((0xFE, try JPEGFile.commentSegment(entry)))
        }
        var result = tessera_codec_result()
        let data = Array(parts.map(\.data).joined())
        let encoded = data.withUnsafeBufferPointer { buffer in
            var offset = 0
            let markers = parts.map { code, data in
                defer { offset += data.count }
                return tessera_jpeg_marker(
                    code: code, bytes: buffer.baseAddress.map { $0 + offset }, count: data.count)
            }
            return tessera_jpeg_write(
                layout(bits: 8), flattened(over: options.background), markers, markers.count,
                Int32(options.quality), options.quality < 90 ? 1 : 0, &result)
        }
        try check(result, .jpeg)
        return bytes(of: encoded)
    }

    private func layout(bits: Int) -> tessera_pixel_layout {
        tessera_pixel_layout(
            width: UInt32(width), height: UInt32(height), channels: Int32(colour.channelCount),
            bits: Int32(bits))
    }

    private func withAlpha<Result>(_ body: (UnsafePointer<UInt8>?) -> Result) -> Result {
        guard let alpha else { return body(nil) }
        return alpha.withUnsafeBytes { body($0) }
    }

    private func checkSides(limit: Int) throws(ImageError) {
        guard max(width, height) <= limit else {
            throw .sideTooLong(width: width, height: height, limit: limit)
        }
    }
}

/// Copies what an encoder made, and frees it.
private func bytes(of encoded: tessera_encoded) -> [UInt8] {
    defer { free(encoded.bytes) }
    return Array(UnsafeBufferPointer(start: encoded.bytes, count: encoded.count))
}
