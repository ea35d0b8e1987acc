import CTesseraCodecs

/// The chunks of a PNG, found without libpng, so that metadata costs no pixel and no trust.
///
/// Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", sections 5 and 11.
struct PNGFile {
    /// The name of a chunk and where its data lies.
    struct Chunk {
        var name: String
        var range: Range<Int>
    }

    /// The first chunk, which declares what the pixels are.
    struct Declaration {
        var width: Int
        var height: Int
        var bits: Int
        var type: Int
        var isInterlaced: Bool
    }

    let bytes: [UInt8]
    let declaration: Declaration
    let chunks: [Chunk]

    /// Finds the chunks, up to the end or to where the file breaks off.
    ///
    /// - Throws: ``ImageError/badHeader(_:_:)`` or ``ImageError/truncated(_:)`` if there is no sound
    ///   declaration.
    init(_ bytes: [UInt8]) throws(ImageError) {
        self.bytes = bytes
        chunks = Self.chunks(of: bytes)
        declaration = try Self.declaration(in: bytes, first: chunks.first)
    }

    private static func chunks(of bytes: [UInt8]) -> [Chunk] {
        let reader = ByteReader(bytes[...])
        var chunks: [Chunk] = []
        var offset = 8
        while let length = reader.uint32(at: offset), bytes.count - offset >= 12 {
            let start = offset + 8
            // A chunk that breaks off is listed if it holds pixels, which the decoder then judges.
            let available = min(length, bytes.count - start)
            let name = String(latin1: bytes[offset + 4 ..< start])
            guard available + 4 <= bytes.count - start || name == "IDAT" else { break }
            chunks.append(Chunk(name: name, range: start ..< start + available))
            guard name != "IEND", available == length else { break }
            offset = start + length + 4
        }
        return chunks
    }

    private static func declaration(
        in bytes: [UInt8], first: Chunk?
    ) throws(ImageError) -> Declaration {
        guard let first else { throw .truncated(.png) }
        guard first.name == "IHDR", first.range.count == 13 else {
            throw .badHeader(.png, .missing("IHDR chunk"))
        }
        guard checksumMatches(bytes, first) else { throw .badHeader(.png, .checksum("IHDR")) }
        let data = bytes[first.range]
        let reader = ByteReader(data)
        let numbers = data.suffix(5).map(Int.init)
        let (bits, type) = (numbers[0], numbers[1])
        let allowedBits = [
            0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16],
        ]
        guard allowedBits[type, default: []].contains(bits) else {
            throw .badHeader(.png, .colour(type: type, bits: bits))
        }
        let methods = [("compression", 0), ("filter", 0), ("interlace", 1)]
        for ((name, highest), value) in zip(methods, numbers.dropFirst(2)) where value > highest {
            throw .badHeader(.png, .method(name: name, value: value))
        }
        return Declaration(
            width: reader.uint32(at: 0) ?? 0, height: reader.uint32(at: 4) ?? 0, bits: bits,
            type: type, isInterlaced: numbers[4] == 1)
    }

    private static func checksumMatches(_ bytes: [UInt8], _ chunk: Chunk) -> Bool {
        let reader = ByteReader(bytes[...])
        guard let stored = reader.uint32(at: chunk.range.upperBound) else { return false }
        let covered = bytes[chunk.range.lowerBound - 4 ..< chunk.range.upperBound]
        return covered.withUnsafeBufferPointer {
            tessera_crc32($0.baseAddress, $0.count) == UInt32(stored)
        }
    }

    /// Whether a chunk is whole, as its checksum says.
    func isSound(_ chunk: Chunk) -> Bool {
        Self.checksumMatches(bytes, chunk)
    }

    /// Checks that the compressed pixels could be as many as declared.
    ///
    /// Deflate makes at most 1032 bytes of one. So a forged size is refused before memory is taken.
    ///
    /// - Throws: ``ImageError/tooFewBytes(width:height:byteCount:)``, or
    ///   ``ImageError/badHeader(_:_:)`` if there are no compressed pixels at all.
    func checkDensity() throws(ImageError) {
        let samples = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][declaration.type, default: 1]
        let rowBytes = (declaration.width * samples * declaration.bits + 7) / 8
        let packed = chunks.lazy.filter { $0.name == "IDAT" }.reduce(0) { $0 + $1.range.count }
        guard packed > 0 else { throw .badHeader(.png, .missing("IDAT chunk")) }
        guard rowBytes * declaration.height <= 1032 * packed else {
            throw .tooFewBytes(
                width: declaration.width, height: declaration.height, byteCount: packed)
        }
    }

    /// Collects what the chunks say.
    func header(limits: DecodingLimits) -> ImageHeader {
        let isTransparent = chunks.prefix { $0.name != "IDAT" }.contains { $0.name == "tRNS" }
        var header = ImageHeader(
            format: .png, storedWidth: declaration.width, storedHeight: declaration.height,
            encoding: [0: .gray, 3: .palette, 4: .gray][declaration.type, default: .rgb],
            bitsPerSample: declaration.bits, hasAlpha: declaration.type >= 4 || isTransparent,
            isProgressive: declaration.isInterlaced)
        var textBudget = limits.maximumTextByteCount
        for chunk in chunks {
            var isRead = true
            switch chunk.name {
            case "acTL":
                let count = ByteReader(bytes[chunk.range]).uint32(at: 0) ?? 0
                if count > 1 { header.furtherContent = "an animation of \(count) frames" }
            case "eXIf":
                header.orientation = Orientation(exif: bytes[chunk.range])
            case "iCCP":
                let profile = colourProfile(
                    in: chunk, limit: limits.maximumColourProfileByteCount)
                header.colourProfile = header.colourProfile ?? profile
                isRead = profile != nil
            case "tEXt", "zTXt", "iTXt":
                let entry = text(in: chunk, limit: textBudget)
                header.text += entry.map { [$0] } ?? []
                textBudget -= entry?.value.utf8.count ?? 0
                isRead = entry != nil
            default: break
            }
            header.omissions += isRead ? [] : [chunk.name]
        }
        return header
    }
}
