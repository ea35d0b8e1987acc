import TesseraFiles
import TesseraImage
import TesseraJSON
import TesseraJobs
import TesseraPipeline

/// A run that makes one picture of each input.
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
    /// - Throws: A usage failure when the output cannot hold the results.
    init(
        on console: Console, reporting: ReportingOptions, input: InputOptions,
        output: OutputOptions, others: [String] = []
    ) throws(CommandFailure) {
        let list = InputList(arguments: input.inputs)
        run = try doing { () throws(JobError) in
            try PictureRun(list, to: output.place, reading: others)
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
        for failure in run.inputs.failures { try batch.fail(failure.path, failure.sentence) }
        for task in run {
            try batch.attempt(task.file.path) {
                let start = ContinuousClock.now
                switch try task.open() {
                case .skipped(let path): return .skipped(["output": .string(path)])
                case .picture(let picture):
                    let (image, metadata) = try make(PictureJob(picture, in: batch))
                    var all = JSONObject()
                    switch try picture.write(image) {
                    case .file(let path): all["output"] = .string(path)
                    case .bytes(let bytes): try console.write(bytes)
                    }
                    all["width"] = .integer(image.width)
                    all["height"] = .integer(image.height)
                    all = all.merging(metadata)
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

    init(_ picture: OpenPicture, in batch: Batch) {
        self.picture = picture
        self.batch = batch
    }

    /// The picture's file.
    var file: InputFile { picture.file }

    /// The picture.
    var image: Image { picture.image }

    /// The format that the result will have.
    var format: ImageFormat { picture.format }

    /// Says how far the picture is.
    func advance(toStep number: Int, of count: Int) {
        batch.progress.advance(toStep: number, of: count)
    }

    /// Says something about the picture that is no fault.
    func note(_ sentence: String) {
        batch.note(file.path, sentence)
    }
}
