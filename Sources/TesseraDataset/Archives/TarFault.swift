/// What is wrong with a tar archive; everything before the place is sound.
public enum TarFault: Error, Equatable, Sendable {
    /// The header at an offset does not have the sum that it claims, or is no header at all.
    case checksum(offset: Int)

    /// The size in the header at an offset is not a number.
    case size(offset: Int)

    /// The extended header at an offset is not a list of records.
    case extendedHeader(offset: Int)

    /// The archive ends inside a header or a member.
    case truncated(offset: Int, needed: Int, available: Int)

    /// The archive ends without the blocks of zeros that close it.
    case unclosed(byteCount: Int)

    /// There is no member in the archive.
    case empty
}

extension TarFault: CustomStringConvertible {
    /// One sentence, without a final period.
    public var description: String {
        switch self {
        case .checksum(let offset):
            "the header at byte \(offset) does not have the sum that it claims; the archive may "
                + "be damaged, or not be tar"
        case .size(let offset):
            "the size in the header at byte \(offset) is not a number"
        case .extendedHeader(let offset):
            "the extended header at byte \(offset) is not a list of records"
        case .truncated(let offset, let needed, let available):
            "the archive ends inside what begins at byte \(offset): \(needed) bytes are needed, "
                + "but only \(available) follow"
        case .unclosed(let byteCount):
            "the archive ends at byte \(byteCount) without the blocks of zeros that close it; what "
                + "followed may be cut off"
        case .empty: "there is nothing in the archive"
        }
    }
}
