/// The marker segments of a JPEG before its first scan, found without libjpeg.
///
/// Source: ITU-T T.81 (1992), annex B.
struct JPEGFile {
    /// The code of a marker and where the data of its segment lies.
    struct Segment {
        var code: Int
        var range: Range<Int>
    }

    /// The frame header, which declares what the pixels are.
    struct Frame {
        var code: Int
        var bits: Int
        var width: Int
        var height: Int
        var componentCount: Int

        var isProgressive: Bool { code == 0xC2 || code == 0xCA }
        var isArithmetic: Bool { code >= 0xC9 }
    }

    let bytes: [UInt8]
    let segments: [Segment]
    let frame: Frame

    /// Finds the segments up to the first scan.
    ///
    /// - Throws: ``ImageError/badHeader(_:_:)``, ``ImageError/unsupportedJPEG(_:)`` or
    ///   ``ImageError/truncated(_:)``.
    init(_ bytes: [UInt8]) throws(ImageError) {
        self.bytes = bytes
        segments = try Self.segments(of: bytes)
        frame = try Self.frame(in: bytes, segments)
    }

    private static func segments(of bytes: [UInt8]) throws(ImageError) -> [Segment] {
        let reader = ByteReader(bytes[...])
        var segments: [Segment] = []
        var offset = 2
        while true {
            // Stray bytes between segments are skipped, as libjpeg does.
            while let byte = reader.uint8(at: offset), byte != 0xFF { offset += 1 }
            while reader.uint8(at: offset) == 0xFF { offset += 1 }
            guard let code = reader.uint8(at: offset) else { throw .truncated(.jpeg) }
            offset += 1
            if code == 0xD9 { return segments }
            if code <= 0x01 || (0xD0 ... 0xD7).contains(code) { continue }
            guard let length = reader.uint16(at: offset) else { throw .truncated(.jpeg) }
            guard length >= 2 else { throw .badHeader(.jpeg, .segmentLength(length)) }
            guard offset + length <= bytes.count else { throw .truncated(.jpeg) }
            if code == 0xDA { return segments }
            segments.append(Segment(code: code, range: offset + 2 ..< offset + length))
            offset += length
        }
    }

    private static func frame(
        in bytes: [UInt8], _ segments: [Segment]
    ) throws(ImageError) -> Frame {
        let isFrame = { (code: Int) in
            (0xC0 ... 0xCF).contains(code) && ![0xC4, 0xC8, 0xCC].contains(code)
        }
        guard let segment = segments.first(where: { isFrame($0.code) }), segment.range.count >= 6
        else { throw .badHeader(.jpeg, .missing("frame header")) }
        let reader = ByteReader(bytes[segment.range])
        let frame = Frame(
            code: segment.code, bits: reader.uint8(at: 0) ?? 0, width: reader.uint16(at: 3) ?? 0,
            height: reader.uint16(at: 1) ?? 0, componentCount: reader.uint8(at: 5) ?? 0)
        switch frame.code {
        case 0xC3, 0xCB: throw .unsupportedJPEG(.lossless)
        case 0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF: throw .unsupportedJPEG(.hierarchical)
        default: break
        }
        guard frame.bits == 8 else { throw .unsupportedJPEG(.bits(frame.bits)) }
        guard frame.height > 0 else { throw .unsupportedJPEG(.deferredHeight) }
        guard [1, 3, 4].contains(frame.componentCount) else {
            throw .unsupportedJPEG(.components(frame.componentCount))
        }
        return frame
    }

    /// Checks that the compressed pixels could be as many as declared.
    ///
    /// A Huffman-coded block of 8 × 8 samples costs at least one bit. So a forged size is refused
    /// before memory is taken.
    ///
    /// - Throws: ``ImageError/tooFewBytes(width:height:byteCount:)``.
    func checkDensity() throws(ImageError) {
        let blockCount = ((frame.width + 7) / 8) * ((frame.height + 7) / 8)
        guard frame.isArithmetic || blockCount <= 8 * bytes.count else {
            throw .tooFewBytes(width: frame.width, height: frame.height, byteCount: bytes.count)
        }
    }

    /// Collects what the segments say.
    func header(limits: DecodingLimits) -> ImageHeader {
        var header = ImageHeader(
            format: .jpeg, storedWidth: frame.width, storedHeight: frame.height,
            encoding: [1: .gray, 4: .cmyk][frame.componentCount, default: .rgb],
            bitsPerSample: frame.bits, hasAlpha: false, isProgressive: frame.isProgressive)
        var textBudget = limits.maximumTextByteCount
        var profileParts: [ArraySlice<UInt8>] = []
        for segment in segments {
            let data = bytes[segment.range]
            switch segment.code {
            case 0xE1 where data.starts(with: "Exif\0\0".utf8):
                header.orientation = Orientation(exif: data)
            case 0xE2 where data.starts(with: Self.profileSignature):
                profileParts.append(data.dropFirst(Self.profileSignature.count))
            case 0xFE where data.count > textBudget: header.omissions.append("COM")
            case 0xFE:
                header.text.append(Self.text(in: data))
                textBudget -= data.count
            default: break
            }
        }
        header.furtherContent = furtherContent
        if !profileParts.isEmpty {
            header.colourProfile = Self.profile(
                joining: profileParts, limit: limits.maximumColourProfileByteCount)
            header.omissions += header.colourProfile == nil ? ["ICC_PROFILE"] : []
        }
        return header
    }
}
