import CTesseraCodecs
import TesseraFiles

/// Reads a file within the limits.
func readImageBytes(path: String, limits: DecodingLimits) throws(ImageError) -> [UInt8] {
    do {
        return try readBytes(path: path, limit: limits.maximumByteCount)
    } catch {
        throw .file(error)
    }
}

extension Image {
    /// Reads a PNG or JPEG file, whatever its name is.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - limits: What sizes are admitted.
    /// - Throws: ``ImageError``; never a part of a picture.
    public init(
        contentsOf path: String, limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) {
        try self.init(bytes: readImageBytes(path: path, limits: limits), limits: limits)
    }

    /// Reads a PNG or JPEG file that is already in memory.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - limits: What sizes are admitted.
    /// - Throws: ``ImageError``; never a part of a picture.
    public init(
        bytes: [UInt8], limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) {
        let header = try ImageHeader(bytes: bytes, limits: limits)
        switch header.format {
        case .png:
            try PNGFile(bytes).checkDensity()
            self = try decodePNG(bytes, header, limits)
        case .jpeg:
            let file = try JPEGFile(bytes)
            try file.checkDensity()
            self = try decodeJPEG(file, header, limits)
        }
    }

    /// Turns decoded samples upright, parts alpha from colour and adds the metadata.
    fileprivate init(stored: Samples, channelCount: Int, header: ImageHeader) {
        let colour: Colour = channelCount < 3 ? .gray : .rgb
        func pick(_ channels: Range<Int>) -> Samples {
            stored.picking(
                channels: channels, of: channelCount, width: header.storedWidth,
                height: header.storedHeight, orientation: header.orientation)
        }
        let hasAlpha = channelCount > colour.channelCount
        self.init(
            width: header.width, height: header.height, colour: colour,
            samples: pick(0 ..< colour.channelCount),
            alpha: hasAlpha ? pick(colour.channelCount ..< channelCount) : nil,
            format: header.format, text: header.text)
        // A profile for inks, say, says nothing of the colours that they were turned into.
        colourProfile = header.colourProfile.flatMap { fits(profile: $0) ? $0 : nil }
    }
}

extension Image {
    /// Whether an ICC profile is for the colours of this picture: bytes 16 to 19 of its header.
    func fits(profile: [UInt8]) -> Bool {
        let space: String.UTF8View = colour == .gray ? "GRAY".utf8 : "RGB ".utf8
        return profile.count >= 128 && profile[16 ..< 20].elementsEqual(space)
    }
}

private func decodePNG(
    _ bytes: [UInt8], _ header: ImageHeader, _ limits: DecodingLimits
) throws(ImageError) -> Image {
    let sideLimit = UInt32(clamping: min(limits.maximumSide, Int(Int32.max)))
    var layout = tessera_pixel_layout()
    var result = tessera_codec_result()
    let stored = bytes.withUnsafeBufferPointer { buffer -> Samples? in
        guard
            let reader = tessera_png_open(
                buffer.baseAddress, buffer.count, sideLimit, &layout, &result)
        else { return nil }
        defer { tessera_png_close(reader) }
        return decodedSamples(layout) { tessera_png_read(reader, $0, &result) }
    }
    try check(result, .png)
    guard let stored else { throw .outOfMemory(.png) }
    return Image(stored: stored, channelCount: Int(layout.channels), header: header)
}

private func decodeJPEG(
    _ file: JPEGFile, _ header: ImageHeader, _ limits: DecodingLimits
) throws(ImageError) -> Image {
    let layout = tessera_pixel_layout(
        width: UInt32(header.storedWidth), height: UInt32(header.storedHeight),
        channels: header.encoding == .gray ? 1 : 3, bits: 8)
    let scanLimit = Int32(clamping: limits.maximumScanCount)
    var result = tessera_codec_result()
    let stored = decodedSamples(layout) { pixels in
        tessera_jpeg_read(file.bytes, file.bytes.count, layout, scanLimit, pixels, &result)
    }
    guard Int(result.status) != Int(TESSERA_CODEC_TOO_MANY_SCANS.rawValue) else {
        throw .tooManyScans(limit: limits.maximumScanCount)
    }
    try check(result, .jpeg)
    var image = Image(stored: stored, channelCount: Int(layout.channels), header: header)
    image.quantization = file.quantization(turnedBy: header.orientation)
    return image
}

/// Takes memory for the pixels of a layout and lets a decoder fill it.
private func decodedSamples(
    _ layout: tessera_pixel_layout, decode: (UnsafeMutablePointer<UInt8>?) -> Void
) -> Samples {
    func fill<Sample: FixedWidthInteger>(_ type: Sample.Type) -> [Sample] {
        let capacity = Int(layout.width) * Int(layout.height) * Int(layout.channels)
        return [Sample](unsafeUninitializedCapacity: capacity) { buffer, count in
            // A decoder that stops half way leaves the rest as it finds it.
            buffer.initialize(repeating: 0)
            decode(UnsafeMutableRawBufferPointer(buffer).bindMemory(to: UInt8.self).baseAddress)
            count = capacity
        }
    }
    return layout.bits == 16 ? .sixteen(fill(UInt16.self)) : .eight(fill(UInt8.self))
}

/// Turns what a codec reports into an error.
func check(_ result: tessera_codec_result, _ format: ImageFormat) throws(ImageError) {
    switch UInt32(result.status) {
    case TESSERA_CODEC_OK.rawValue: return
    case TESSERA_CODEC_TRUNCATED.rawValue: throw .truncated(format)
    case TESSERA_CODEC_NO_MEMORY.rawValue: throw .outOfMemory(format)
    default:
        let report = withUnsafeBytes(of: result.message) { message in
            String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
        }
        throw .damaged(format, report: report)
    }
}
