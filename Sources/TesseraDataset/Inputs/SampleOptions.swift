public import TesseraJSON

/// How a picture, and what is said about it, is found among the files that belong together.
public struct SampleOptions: Hashable, Sendable {
    /// Which image members of a sample of an archive are taken.
    public enum ImageMember: Hashable, Sendable {
        /// The first that has nothing but the extension of a picture behind its key, or the only one.
        case plain

        /// The first of these that the sample has: `jpg`, or `image` for `KEY.image.jpg`.
        case named([String])

        /// All of them, each as an item of its own.
        case all
    }

    /// Which image members of a sample of an archive are taken.
    public var imageMember = ImageMember.plain

    /// Whether a picture fails if a file that describes it cannot be read.
    public var isStrict = false

    /// Whether what the JSON of a picture says beside its label and caption is kept.
    public var keepsFields = false

    /// Whether the keys of pictures of an archive begin with the name of the archive.
    public var hasArchiveKeys = false

    /// Makes the options that apply unless others are given.
    public init() {}

    /// What a job says of the options: those that are not as usual.
    public var metadata: JSONObject {
        var metadata = JSONObject()
        switch imageMember {
        case .plain: break
        case .named(let names): metadata["imageMember"] = .array(names.map { .string($0) })
        case .all: metadata["imageMember"] = "all"
        }
        if isStrict { metadata["sidecars"] = "strict" }
        if keepsFields { metadata["keepFields"] = true }
        if hasArchiveKeys { metadata["archiveKeys"] = true }
        return metadata
    }
}
