import TesseraFiles
public import TesseraImage

extension DatasetError {
    /// The kind of the error: a word that stays the same from version to version.
    public var code: String {
        switch self {
        case .file(let error): error.code
        case .checkpoint: "shard"
        case .json: "json"
        case .tar(_, let fault):
            switch fault {
            case .truncated, .unclosed: "tar-truncated"
            case .checksum, .size, .extendedHeader: "tar-damaged"
            case .empty: "tar-empty"
            }
        case .archive(_, let fault):
            switch fault {
            case .damagedGzip: "gzip-damaged"
            case .truncatedGzip: "gzip-truncated"
            case .tooLong: "too-long"
            case .command: "command"
            case .outOfMemory: "memory"
            case .unreadCompression: "unsupported"
            }
        case .item(_, let fault):
            switch fault {
            case .duplicateKey: "duplicate-key"
            case .unsafeKey: "unsafe-key"
            case .splitMembers: "split-members"
            case .duplicateMember: "duplicate-member"
            case .label: "label"
            case .severalImages: "several-images"
            case .imageLeft: "image-left"
            case .noKey: "no-key"
            case .encoding: "encoding"
            case .deadLink: "dead-link"
            case .unreadTable, .otherFormat: "unsupported"
            case .sparse: "sparse"
            }
        case .shard: "shard"
        }
    }

    /// The file that the error is about, and the sentence without it.
    public var located: (path: String, sentence: String) {
        let path: String
        switch self {
        case .file(let error): return (error.path, "\(error)")
        case .checkpoint(let error): return ("tokens", "\(error)")
        case .json(let place, _), .tar(let place, _), .archive(let place, _), .item(let place, _),
            .shard(let place, _):
            path = place
        }
        let prefix = path + ": "
        return (
            path,
            description.hasPrefix(prefix)
                ? String(description.dropFirst(prefix.count)) : description
        )
    }
}

extension FileError {
    fileprivate var code: String {
        switch self {
        case .refused: "unreadable"
        case .notAFile: "not-a-file"
        case .tooLong: "too-long"
        case .shortened: "truncated"
        case .exists: "exists"
        }
    }
}

extension ImageError {
    /// The kind of the error: a word that stays the same from version to version.
    public var code: String {
        switch self {
        case .file(let error): error.code
        case .empty: "empty"
        case .notAnImage: "not-a-picture"
        case .unsupportedFormat, .unsupportedJPEG: "unsupported"
        case .noPixels, .tooFewBytes, .badHeader, .damaged: "damaged"
        case .truncated: "truncated"
        case .tooManyPixels, .sideTooLong: "too-many-pixels"
        case .tooManyScans: "too-many-scans"
        case .outOfMemory: "memory"
        case .unknownExtension, .unwritableText: "unwritable"
        }
    }
}
