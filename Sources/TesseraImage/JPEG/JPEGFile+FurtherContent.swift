extension JPEGFile {
    /// What follows the picture, in words: further images, or a video, as cameras and phones append them.
    ///
    /// The index of further images is that of CIPA DC-007 (Multi-Picture Format).
    var furtherContent: String? {
        let rest = bytes[endOfPicture...]
        let isIndexed = segments.contains {
            $0.code == 0xE2 && bytes[$0.range].starts(with: "MPF\0".utf8)
        }
        if isIndexed && !rest.isEmpty { return "further images (\(rest.count) bytes)" }
        // Padding is nothing.
        guard rest.count >= 64, rest.contains(where: { $0 != 0 && $0 != 0xFF }) else { return nil }
        return "\(rest.count) bytes behind the picture, perhaps a video or further images"
    }

    /// The place behind the marker that ends the picture; that of the last byte if it lacks one.
    private var endOfPicture: Int {
        let reader = ByteReader(bytes[...])
        var offset = segments.last?.range.upperBound ?? 2
        while let byte = reader.uint8(at: offset) {
            guard byte == 0xFF, let code = reader.uint8(at: offset + 1) else {
                offset += 1
                continue
            }
            switch code {
            case 0xD9: return offset + 2
            // Stuffed bytes, restarts and fill bytes are within the compressed pixels.
            case 0x00, 0x01, 0xD0 ... 0xD8: offset += 2
            case 0xFF: offset += 1
            default: offset += 2 + (reader.uint16(at: offset + 2) ?? 0)
            }
        }
        return bytes.count
    }
}
