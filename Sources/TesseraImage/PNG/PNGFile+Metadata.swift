import CTesseraCodecs

/// Texts and profiles: PNG specification, sections 11.3.2.3 and 11.3.3.
extension PNGFile {
    /// Reads an `iCCP` chunk: name, zero, method, zlib stream.
    func colourProfile(in chunk: Chunk, limit: Int) -> [UInt8]? {
        let data = bytes[chunk.range]
        guard isSound(chunk), let (_, rest) = Self.split(data), rest.first == 0 else { return nil }
        return Self.inflated(rest.dropFirst(), limit: limit)
    }

    /// Reads a `tEXt`, `zTXt` or `iTXt` chunk; none if it is damaged or longer than the limit.
    func text(in chunk: Chunk, limit: Int) -> TextEntry? {
        guard isSound(chunk), let (keyword, rest) = Self.split(bytes[chunk.range]) else {
            return nil
        }
        let value: String?
        switch chunk.name {
        case "tEXt":
            value = rest.count <= limit ? String(latin1: rest) : nil
        case "zTXt":
            guard rest.first == 0 else { return nil }
            value = Self.inflated(rest.dropFirst(), limit: limit).map { String(latin1: $0) }
        default:
            value = Self.internationalText(rest, limit: limit)
        }
        return value.map { TextEntry(keyword: String(latin1: keyword), value: $0) }
    }

    /// Reads what follows the keyword of `iTXt`: flag, method, language, translated keyword, text.
    private static func internationalText(_ rest: ArraySlice<UInt8>, limit: Int) -> String? {
        guard rest.count >= 2, let flag = rest.first, flag <= 1,
            let (_, afterLanguage) = split(rest.dropFirst(2)),
            let (_, text) = split(afterLanguage)
        else { return nil }
        let plain = flag == 0 ? Array(text) : inflated(text, limit: limit)
        guard let plain, plain.count <= limit else { return nil }
        return String(validating: plain, as: UTF8.self)
    }

    /// Splits at the first zero byte.
    private static func split(
        _ bytes: ArraySlice<UInt8>
    ) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)? {
        guard let zero = bytes.firstIndex(of: 0) else { return nil }
        return (bytes[..<zero], bytes[(zero + 1)...])
    }

    private static func inflated(_ packed: ArraySlice<UInt8>, limit: Int) -> [UInt8]? {
        // Deflate makes at most 1032 bytes of one.
        let capacity = min(limit, packed.count * 1032)
        var size = -1
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            packed.withUnsafeBufferPointer {
                size = tessera_inflate($0.baseAddress, $0.count, output.baseAddress, capacity)
            }
            count = max(size, 0)
        }
        return size < 0 ? nil : bytes
    }
}

/// Chunks to write.
extension PNGFile {
    /// Makes an `iCCP` chunk.
    static func profileChunk(_ profile: [UInt8]) -> [UInt8] {
        let capacity = tessera_deflate_bound(profile.count)
        let packed = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            count = max(
                0, tessera_deflate(profile, profile.count, output.baseAddress, capacity))
        }
        return Array("ICC profile".utf8) + [0, 0] + packed
    }

    /// Makes a `tEXt` chunk for ASCII and an `iTXt` chunk for everything else.
    ///
    /// - Throws: ``ImageError/unwritableText(keyword:_:)``.
    static func textChunk(
        _ entry: TextEntry
    ) throws(ImageError) -> (name: String, data: [UInt8]) {
        let keyword = entry.keyword.unicodeScalars
        let isPrintable = keyword.allSatisfy {
            (0x20 ... 0x7E).contains($0.value) || (0xA1 ... 0xFF).contains($0.value)
        }
        guard isPrintable, (1 ... 79).contains(keyword.count), keyword.first != " ",
            keyword.last != " ", !entry.keyword.contains("  ")
        else { throw .unwritableText(keyword: entry.keyword, .keyword) }
        guard !entry.value.utf8.contains(0) else {
            throw .unwritableText(keyword: entry.keyword, .nullCharacter)
        }
        let name = keyword.map { UInt8($0.value) }
        let value = Array(entry.value.utf8)
        return value.allSatisfy { $0 < 0x80 }
            ? ("tEXt", name + [0] + value) : ("iTXt", name + [0, 0, 0, 0, 0] + value)
    }
}
