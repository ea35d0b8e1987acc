import TesseraFiles
import TesseraImage
import TesseraJSON
import TesseraJobs
import TesseraPipeline

/// A run that makes a picture of each input, or several.
struct PictureBatch {
    private let console: Console
    private let run: PictureRun
    private let batch: Batch

    /// Prepares a run.
    ///
    /// - Parameters:
    ///   - console: Where output goes.
    ///   - reporting: How much to say.
    ///   - input: The inputs.
    ///   - output: Where results go.
    ///   - others: Files that the run reads beside the inputs.
    ///   - resultCount: The number of results of each input.
    /// - Throws: A usage failure when the output cannot hold the results.
    init(
        on console: Console, reporting: ReportingOptions, input: InputOptions,
        output: OutputOptions, others: [String] = [], resultCount: Int = 1
    ) throws(CommandFailure) {
        let list = InputList(arguments: input.inputs)
        var place = output.place
        place.resultCount = resultCount
        run = try doing { [place] () throws(JobError) in
            try PictureRun(list, to: place, reading: others)
        }
        if output.output == "-" && reporting.json {
            throw .usage("'--json' and '--output -' both want standard output; choose one")
        }
        reporting.apply()
        self.console = console
        batch = Batch(
            on: console, reporting: reporting, itemCount: list.files.count,
            failFast: input.failFast)
    }

    /// Makes the pictures.
    ///
    /// - Parameter make: Makes the result of one picture, with what there is to say about it.
    /// - Returns: How the run ended.
    /// - Throws: A failure that ends the whole run.
    func run(
        _ make: (PictureJob) throws -> (image: Image, metadata: JSONObject)
    ) throws(CommandFailure) -> ExitStatus {
        try runWriting { job in
            let (image, metadata) = try make(job)
            return try job.write(image).merging(metadata)
        }
    }

    /// Works on the pictures; the work writes its results itself.
    ///
    /// - Parameter work: Makes and writes the results of one picture, and says what there is to say.
    /// - Returns: How the run ended.
    /// - Throws: A failure that ends the whole run.
    func runWriting(
        _ work: (PictureJob) throws -> JSONObject
    ) throws(CommandFailure) -> ExitStatus {
        for failure in run.inputs.failures { try batch.fail(failure.path, failure.sentence) }
        for task in run {
            try batch.attempt(task.file.path) {
                let start = ContinuousClock.now
                switch try task.open() {
                case .skipped(let path): return .skipped(["output": .string(path)])
                case .picture(let picture):
                    let job = PictureJob(picture, in: batch, on: console)
                    var all = try work(job)
                    if let further = picture.header.furtherContent {
                        all["leftOut"] = .string(further)
                        job.note("the file holds \(further), which is left out")
                    }
                    all["seconds"] = .real((ContinuousClock.now - start).roundedSeconds)
                    return .done(all)
                }
            }
        }
        return try batch.finish()
    }
}

/// One picture of a run.
struct PictureJob {
    private let picture: OpenPicture
    private let batch: Batch
    private let console: Console

    init(_ picture: OpenPicture, in batch: Batch, on console: Console) {
        self.picture = picture
        self.batch = batch
        self.console = console
    }

    /// The picture's file.
    var file: InputFile { picture.file }

    /// The picture.
    var image: Image { picture.image }

    /// The format that the result will have.
    var format: ImageFormat { picture.format }

    /// How the picture was turned to stand upright.
    var orientation: Orientation { picture.header.orientation }

    /// Checks before any work that a result of a size can be stored.
    func checkResult(width: Int, height: Int) throws(JobError) {
        try picture.checkResult(width: width, height: height)
    }

    /// The path of a result that is there and is kept; `nil` if it is to be made.
    func keptPath(ofResult number: Int) -> String? { picture.keptPath(ofResult: number) }

    /// Writes a result.
    ///
    /// - Parameters:
    ///   - image: The result.
    ///   - number: Its number, from 0 on.
    /// - Returns: Where it is, and its size.
    /// - Throws: `FileError`, `ImageError`, or a failure that ends the run.
    func write(_ image: Image, number: Int = 0) throws -> JSONObject {
        var metadata = JSONObject()
        if image.alpha != nil && format == .jpeg {
            metadata["flattened"] = .boolean(true)
            if number == 0 {
                note(
                    "a JPEG has no transparency, so that the picture is laid over a colour; "
                        + "--background chooses it, and a PNG keeps what is transparent")
            }
        }
        switch try picture.write(image, number: number) {
        case .file(let path): metadata["output"] = .string(path)
        case .bytes(let bytes): try console.write(bytes)
        }
        metadata["width"] = .integer(image.width)
        metadata["height"] = .integer(image.height)
        return metadata
    }

    /// Says how far the picture is.
    func advance(toStep number: Int, of count: Int, doing activity: String = "step") {
        batch.progress.advance(toStep: number, of: count, doing: activity)
    }

    /// Says something about the picture that is no fault.
    func note(_ sentence: String) {
        batch.note(file.path, sentence)
    }
}
