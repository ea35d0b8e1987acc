/// Profiles and comments.
extension JPEGFile {
    static let profileSignature = Array("ICC_PROFILE\0".utf8)

    /// The most bytes that a segment holds beside its own length.
    private static let segmentLimit = 65_533

    /// Joins a profile from its parts, each of which begins with its number and their count.
    ///
    /// Source: ICC.1:2022, annex B.4.
    ///
    /// - Returns: The profile; none unless every part is there once.
    static func profile(joining parts: [ArraySlice<UInt8>], limit: Int) -> [UInt8]? {
        let ordered = parts.filter { $0.count >= 2 }.sorted { $0.first! < $1.first! }
        let count = ordered.first.map { Int($0[$0.startIndex + 1]) }
        let isWhole = zip(1..., ordered).allSatisfy { number, part in
            Int(part.first!) == number && Int(part[part.startIndex + 1]) == count
        }
        guard isWhole, ordered.count == count, parts.count == count,
            ordered.reduce(0, { $0 + $1.count - 2 }) <= limit
        else { return nil }
        return Array(ordered.map { $0.dropFirst(2) }.joined())
    }

    /// Splits a profile into the data of as many segments as it needs.
    ///
    /// - Returns: None for a profile of more than 255 parts, which a JPEG cannot hold.
    static func profileSegments(_ profile: [UInt8]) -> [[UInt8]] {
        let partLimit = segmentLimit - profileSignature.count - 2
        let starts = Array(stride(from: 0, to: profile.count, by: partLimit))
        guard starts.count <= 255 else { return [] }
        return zip(1..., starts).map { number, start in
            profileSignature + [UInt8(number), UInt8(starts.count)]
                + profile[start ..< min(start + partLimit, profile.count)]
        }
    }

    /// Reads a comment; what ``commentSegment(_:)`` wrote gets its keyword back.
    static func text(in data: ArraySlice<UInt8>) -> TextEntry {
        // Comments have no declared encoding; a stray zero at the end is common.
        let bytes = data.last == 0 ? data.dropLast() : data
        let text = String(validating: bytes, as: UTF8.self) ?? String(latin1: bytes)
        guard let colon = text.firstRange(of: ": "), colon.lowerBound > text.startIndex,
            text[..<colon.lowerBound].unicodeScalars.count <= 79,
            !text[..<colon.lowerBound].contains(where: \.isNewline)
        else { return TextEntry(keyword: "Comment", value: text) }
        return TextEntry(
            keyword: String(text[..<colon.lowerBound]), value: String(text[colon.upperBound...]))
    }

    /// Makes the data of a comment: the keyword, a colon, a space and the text.
    ///
    /// - Throws: ``ImageError/unwritableText(keyword:_:)``.
    static func commentSegment(_ entry: TextEntry) throws(ImageError) -> [UInt8] {
        let data = Array("\(entry.keyword): \(entry.value)".utf8)
        guard !data.contains(0) else {
            throw .unwritableText(keyword: entry.keyword, .nullCharacter)
        }
        guard data.count <= segmentLimit else {
            throw .unwritableText(
                keyword: entry.keyword, .length(data.count, limit: segmentLimit))
        }
        return data
    }
}
