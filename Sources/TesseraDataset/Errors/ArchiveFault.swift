/// Why an archive that is compressed, or that a command prints, cannot be read to its end.
public enum ArchiveFault: Error, Equatable, Sendable {
    /// The gzip stream does not inflate.
    case damagedGzip

    /// The gzip stream ends inside a member.
    case truncatedGzip

    /// There is more in it than is read.
    case tooLong(limit: Int)

    /// The command ended with a status other than 0, or by a signal, given as its negative number.
    case command(status: Int)

    /// No memory is left to inflate.
    case outOfMemory

    /// The archive is compressed by a program whose format is not read.
    case unreadCompression(program: String)
}

extension ArchiveFault: CustomStringConvertible {
    /// One sentence, without a final period.
    public var description: String {
        switch self {
        case .damagedGzip: "the gzip stream is damaged; what comes before the place was read"
        case .truncatedGzip: "the gzip stream ends early; the file is truncated"
        case .tooLong(let limit):
            "the archive has more than \(limit) bytes when it is unpacked; split it"
        case .command(let status) where status < 0: "the command was ended by signal \(-status)"
        case .command(let status): "the command ended with status \(status)"
        case .outOfMemory: "no memory is left to inflate the archive"
        case .unreadCompression(let program):
            "the archive is compressed by \(program), which is not read; unpack it, or name "
                + "'pipe:\(program) -dc FILE' with --allow-commands"
        }
    }
}
