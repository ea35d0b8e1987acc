import Glibc
public import TesseraDataset
import TesseraFiles
public import TesseraImage
public import TesseraPipeline

/// How tokens become files of pictures.
public struct DetokenizeOptions: Sendable {
    /// The format to write; that of the output's name, or PNG, unless given.
    public var format: ImageFormat?

    /// How files are encoded, and whether they replace others.
    public var encoding = EncodingOptions()

    /// Whether files that exist are kept.
    public var isSkipping = false

    /// Whether pictures say how they were made.
    public var hasRecipe = true

    /// Whether the first item that cannot be done ends the run.
    public var isFailingFast = false

    /// Makes the options that apply unless others are given.
    public init() {}
}

/// What happens while tokens become pictures.
public enum DetokenizeEvent: Sendable {
    /// A picture has another key than those that are asked for.
    case passedOver(TokenItem)

    /// A picture comes next.
    case began(TokenItem)

    /// A picture was written.
    case wrote(TokenItem, path: String)

    /// A picture is there already and was kept.
    case skipped(TokenItem, path: String)

    /// A picture that was begun could not be made or written.
    case failed(TokenItem, JobError)

    /// A file of tokens cannot be read, or no picture has a key that is asked for.
    case unusable(path: String, sentence: String)
}

/// Token shards to pictures in files, each with the name of its key, as a sequence of what happens.
///
///     let tokens = try StoredPictures(["tokens"], keys: ["holiday/*"])
///     for event in DetokenizeJob(tokens, with: model, into: "pictures") {
///         if case .failed(let item, let error) = try event.get() { print(item.key, error) }
///     }
///
/// To iterate is to do the work; leaving the loop stops it after the picture at work.
public struct DetokenizeJob: Sequence, Sendable {
    /// The pictures.
    public let pictures: StoredPictures

    private let model: Model
    private let output: String
    private let options: DetokenizeOptions

    /// Plans a job.
    ///
    /// - Parameters:
    ///   - pictures: The pictures.
    ///   - model: The model that made the tokens; another is a failure of each picture.
    ///   - output: A folder; or, for a single picture, a name that ends like one.
    ///   - options: How pictures are written.
    public init(
        _ pictures: StoredPictures, with model: Model, into output: String,
        options: DetokenizeOptions = DetokenizeOptions()
    ) {
        self.pictures = pictures
        self.model = model
        self.output = output
        self.options = options
    }

    /// Starts the work.
    ///
    /// - Returns: What happens.
    public func makeIterator() -> JobEvents<DetokenizeEvent> {
        JobEvents { [self] (events) throws(JobError) in
            let named = try? ImageFormat(path: output)
            let isSingle = named != nil && pictures.matchCount == 1
            try run(telling: events, as: isSingle ? named : nil)
        }
    }

    private func run(
        telling events: JobChannel<DetokenizeEvent>, as named: ImageFormat?
    ) throws(JobError) {
        var keys: Set<String> = []
        walk: for source in pictures.sources {
            for name in source.files {
                let file: any GridFile
                do { file = try source.open(name) } catch {
                    events.send(
                        .unusable(
                            path: source.path + "/" + name, sentence: error.located.sentence))
                    if options.isFailingFast { break walk }
                    continue
                }
                for (index, item) in file.items.enumerated() where !events.isClosed {
                    guard pictures.matches(item.key) else {
                        events.send(.passedOver(item))
                        continue
                    }
                    events.send(.began(item))
                    do {
                        guard keys.insert(item.key).inserted else {
                            throw JobError.item(
                                "the picture before had this key too, and keeps its file")
                        }
                        events.send(try write(index, of: file, as: named))
                    } catch {
                        let failure = JobError(item: error)
                        events.send(.failed(item, failure))
                        if failure.kind == .storage { throw .nothingMoreCanBeWritten }
                        if options.isFailingFast { return }
                    }
                }
            }
        }
        guard !pictures.keys.isEmpty && keys.isEmpty else { return }
        events.send(
            .unusable(
                path: pictures.paths.joined(separator: ", "),
                sentence: "no picture has a key like \(pictures.keys.joined(separator: ", "))"))
    }

    private func write(
        _ index: Int, of file: any GridFile, as named: ImageFormat?
    ) throws -> DetokenizeEvent {
        let item = file.items[index]
        let format = options.format ?? named ?? .png
        let path = named == nil ? "\(output)/\(item.key).\(format.fileExtension)" : output
        if options.isSkipping && isRegularFile(path) { return .skipped(item, path: path) }
        try file.origin.requireSame(as: model.tokenOrigin)
        var image = model.picture(
            of: try file.grid(at: index), width: item.width, height: item.height)
        if options.hasRecipe {
            image.text = [Recipe(command: "detokenize", model: model).textEntry]
        }
        try makeFolders(path.folder)
        try image.write(to: path, as: format, options: options.encoding)
        return .wrote(item, path: path)
    }
}

/// The pictures of folders of token shards, or of single shards, that have certain keys.
public struct StoredPictures: Sendable {
    /// What all grids have in common, as the first file says.
    public let origin: TokenOrigin

    /// The patterns of keys; empty for all pictures.
    public let keys: [String]

    let paths: [String]
    let sources: [TokenSource]

    /// Looks at folders and files.
    ///
    /// - Parameters:
    ///   - paths: Folders of shards, or single shards.
    ///   - keys: The keys of the pictures, in which `*` stands for any text; empty for all.
    /// - Throws: ``JobError`` about the usage if there are no tokens.
    public init(_ paths: [String], keys: [String] = []) throws(JobError) {
        self.paths = paths
        self.keys = keys
        var sources: [TokenSource] = []
        do throws(DatasetError) {
            for path in paths { sources.append(try TokenSource(path)) }
        } catch { throw .usage(error.located.sentence) }
        self.sources = sources
        guard let origin = sources.first(where: { !$0.files.isEmpty })?.origin else {
            throw .usage("\(paths.joined(separator: ", ")): there are no tokens in it")
        }
        self.origin = origin
    }

    /// The number of pictures with any key.
    public var pictureCount: Int { sources.reduce(0) { $0 + $1.itemCount } }

    /// The number of pictures that are asked for; files that cannot be opened have none.
    public var matchCount: Int {
        sources.reduce(0) { sum, source in
            source.files.reduce(sum) { sum, name in
                sum + ((try? source.open(name))?.items.count { matches($0.key) } ?? 0)
            }
        }
    }

    func matches(_ key: String) -> Bool {
        keys.isEmpty || keys.contains { fnmatch($0, key, 0) == 0 }
    }
}
