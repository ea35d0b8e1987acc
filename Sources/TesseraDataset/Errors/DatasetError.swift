public import TesseraJSON
public import TesseraCheckpoint
public import TesseraFiles

/// Why an item of a data set, or a shard of tokens, could not be read or written.
///
/// `path` names the file; the name of a member of an archive follows that of the archive.
public enum DatasetError: Error, Equatable, Sendable {
    /// The system refused.
    case file(FileError)

    /// A weight file or shard is not safetensors, or lacks a tensor.
    case checkpoint(CheckpointError)

    /// A text that should be JSON is not.
    case json(path: String, JSONError)

    /// A tar archive is broken.
    case tar(path: String, TarFault)

    /// An archive that had to be unpacked is not whole.
    case archive(path: String, ArchiveFault)

    /// An item cannot be used.
    case item(path: String, ItemFault)

    /// A folder of token shards, or one shard, says what cannot be.
    case shard(path: String, ShardFault)
}

extension DatasetError: CustomStringConvertible {
    /// One sentence, without a final period, with the file in front.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .checkpoint(let error): error.description
        case .json(let path, let error): "\(path): \(error)"
        case .tar(let path, let fault): "\(path): \(fault)"
        case .archive(let path, let fault): "\(path): \(fault)"
        case .item(let path, let fault): "\(path): \(fault)"
        case .shard(let path, let fault): "\(path): \(fault)"
        }
    }

    /// Whether the disk is full, out of quota, read-only or broken, so that further files fail too.
    public var isStorageFault: Bool {
        switch self {
        case .file(let error): error.isStorageFault
        case .checkpoint(let error): error.isStorageFault
        default: false
        }
    }
}

/// Why an item of a data set cannot be used.
public enum ItemFault: Error, Equatable, Sendable {
    /// Another item has the same key, which names outputs and randomness.
    case duplicateKey(String, other: String)

    /// The key would leave the folder of the outputs.
    case unsafeKey(String)

    /// The members of an item do not follow each other in their archive.
    case splitMembers(key: String)

    /// An item has two members of one kind.
    case duplicateMember(key: String, fileExtension: String)

    /// The label in an item's JSON is neither a text nor a whole number.
    case label(found: String)

    /// A sample has several images and none of them stands out.
    case severalImages(key: String, names: [String])

    /// Another image of its sample was taken.
    case imageLeft(key: String)

    /// An image in an archive has no name that is a key and an extension.
    case noKey

    /// The name is that of a picture of a format that is not read.
    case otherFormat

    /// A text is not UTF-8.
    case encoding

    /// A link leads to nothing in its archive.
    case deadLink(target: String)

    /// The table of a folder is of a kind that is not read.
    case unreadTable

    /// The holes of a file in an archive are left out.
    case sparse
}

extension ItemFault: CustomStringConvertible {
    /// One sentence, without a final period.
    public var description: String {
        switch self {
        case .duplicateKey(let key, let other):
            "the key '\(key)' is also that of \(other); rename one of the two"
        case .unsafeKey(let key):
            "the key '\(key)' would leave the folder of the outputs; rename the item"
        case .splitMembers(let key):
            "the members of '\(key)' do not follow each other; write the archive sorted by name"
        case .duplicateMember(let key, let fileExtension):
            "'\(key)' has two members '.\(fileExtension)'; keep one of the two"
        case .label(let found):
            "the label is \(found), but must be a text or a whole number"
        case .severalImages(let key, let names):
            "'\(key)' has \(names.count) images, \(names.joined(separator: ", ")); choose one with "
                + "--image-member, or take each with '--image-member all'"
        case .imageLeft(let key):
            "another image of '\(key)' is taken; choose with --image-member"
        case .noKey:
            "the image belongs to no sample, because its name has nothing before the first dot, or no "
                + "dot; rename it"
        case .otherFormat:
            "pictures of this format are not read, but only PNG and JPEG; convert it first"
        case .encoding: "the text is not UTF-8"
        case .deadLink(let target):
            "the link leads to '\(target)', which is no file of the archive"
        case .unreadTable:
            "tables are read from metadata.jsonl and metadata.csv only; write it as one of them"
        case .sparse:
            "the holes of the file are left out, which is not read; write the archive without "
                + "'--sparse'"
        }
    }
}

/// Whether a key can name a file inside a folder: no empty, `.` or `..` component, no NUL.
func isSafe(key: String) -> Bool {
    !key.utf8.contains(0)
        && key.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && $0 != "." && $0 != ".."
        }
}
