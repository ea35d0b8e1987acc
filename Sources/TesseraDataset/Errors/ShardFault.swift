/// What is wrong with a folder of token shards, or with one shard.
public enum ShardFault: Error, Equatable, Sendable {
    /// The folder already holds shards, and going on with them was not asked for.
    case exists

    /// Another process writes into the folder.
    case inUse

    /// The folder has no manifest.
    case noManifest

    /// A line lacks a value, or has one of another kind.
    case line(number: Int, key: String)

    /// A line or a shard is of another format than this program reads.
    case format(found: String, supported: Int)

    /// The folder was made with other tokens than those to be written now.
    case origin(key: String, found: String, expected: String)

    /// The folder was begun with other options than those of this run.
    case job(key: String, found: String, wanted: String)

    /// The inputs of a finished shard are no longer those that it was made from.
    case inputs(shard: String)

    /// The shard is not the one that the manifest names.
    case hash(found: String, expected: String)

    /// An archive of tokens is shorter than it was written.
    case noEnd

    /// Pictures of several archives, or of an archive and of files, have one key.
    case repeatedKey(String, place: String)

    /// The metadata of a shard lacks a text, or has one that cannot be read.
    case metadata(key: String)

    /// The tokens are not four-dimensional, or not as many slots as the vocabulary.
    case shape(found: [Int], slotCount: Int)

    /// The texts describe another number of grids than the shard has.
    case itemCount(found: Int, expected: Int)

    /// The size of a picture is not that of its grid.
    case size(key: String, height: Int, width: Int, gridHeight: Int, gridWidth: Int)

    /// The text and the tensor of sizes disagree.
    case disagreement(key: String)

    /// A code is not in the vocabulary of its slot.
    case code(key: String, found: Int, slot: Int, vocabulary: Int)

    /// A key would leave the folder of the outputs.
    case unsafeKey(String)

    /// The array of a picture is not of the shape that its size asks for.
    case array(key: String, height: Int, width: Int)
}

extension ShardFault: CustomStringConvertible {
    /// One sentence, without a final period.
    public var description: String {
        switch self {
        case .exists:
            return
                "the folder holds token shards of an unknown job; choose another one, or begin anew "
                + "with --overwrite"
        case .inUse:
            return "another process writes token shards here; wait for it, or choose another "
                + "folder; tasks of one job have one --task-count and an index each"
        case .noManifest:
            return "the folder has no job.json and no manifest.jsonl; name a folder that 'tessera "
                + "tokenize' wrote"
        case .line(let number, let key):
            return "line \(number) has no '\(key)' of the right kind"
        case .format(let found, let supported):
            return "the format is \(found), but this version of tessera reads \(supported)"
        case .origin(let key, let found, let expected):
            return "the shards have the \(key) \(found), but the model gives \(expected); use the "
                + "same model, or choose another folder"
        case .job(let key, let found, let wanted):
            return "the folder was begun with the \(key) \(found), but this run has \(wanted); use "
                + "the same options, another folder, or --overwrite"
        case .inputs(let shard):
            return "the inputs of the shard \(shard) are no longer those that it was made from; "
                + "name the same inputs, adding only at their end, or use --overwrite"
        case .hash(let found, let expected):
            return "the file has the SHA-256 \(found), but the manifest names \(expected); "
                + "'tessera tokenize --verify' makes it again"
        default: return contentDescription
        }
    }

    private var contentDescription: String {
        switch self {
        case .noEnd: return "the archive of tokens lacks its end"
        case .repeatedKey(let key, let place):
            return "the key '\(key)' of \(place) is also that of another picture of the job; begin "
                + "anew with --archive-keys, which puts the names of archives in front"
        case .metadata(let key):
            return
                "the metadata has no '\(key)' that can be read; tessera writes it into its shards"
        case .shape(let found, let slotCount):
            return "the tokens have shape \(found), but must have [n, h, w, \(slotCount)]"
        case .itemCount(let found, let expected):
            return "the lines describe \(found) pictures, but the shard has \(expected)"
        case .size(let key, let height, let width, let gridHeight, let gridWidth):
            return "'\(key)' has \(height) x \(width) pixels, which a grid of \(gridHeight) x "
                + "\(gridWidth) tokens does not cover exactly"
        case .disagreement(let key):
            return "the line of '\(key)' and the tensor 'sizes' name different sizes"
        case .code(let key, let found, let slot, let vocabulary):
            return "'\(key)' has the code \(found) in slot \(slot), whose vocabulary has "
                + "\(vocabulary) codes"
        case .unsafeKey(let key):
            return "the key '\(key)' would leave the folder of the outputs"
        case .array(let key, let height, let width):
            return "the array of '\(key)' is not \(height) x \(width) tokens of this model"
        default: preconditionFailure("Every other fault has its sentence above")
        }
    }
}
