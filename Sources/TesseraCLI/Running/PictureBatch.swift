import TesseraCheckpoint
import TesseraFiles
import TesseraImage
import TesseraJobs
import TesseraPipeline

/// A run that makes one picture of each input.
struct PictureBatch {
    private let console: Console
    private let output: OutputOptions
    private let list: InputList
    private let batch: Batch
    private var plan: OutputPlan

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
        list = InputList(arguments: input.inputs)
        plan = try OutputPlan(output, for: list, others: others)
        if plan.target == .standardOutput && reporting.json {
            throw .usage("'--json' and '--output -' both want standard output; choose one")
        }
        reporting.apply()
        self.console = console
        self.output = output
        batch = Batch(
            on: console, reporting: reporting, itemCount: list.files.count,
            failFast: input.failFast)
    }

    /// Makes the pictures.
    ///
    /// - Parameter make: Makes the result of one picture, with what there is to say about it.
    /// - Returns: How the run ended.
    /// - Throws: A failure that ends the whole run.
    mutating func run(
        _ make: (PictureJob) throws -> (image: Image, facts: JSONObject)
    ) throws(CommandFailure) -> ExitStatus {
        for failure in list.failures { try batch.fail(failure.path, failure.sentence) }
        for file in list.files {
            try batch.attempt(file.path) {
                let start = ContinuousClock.now
                let bytes = try file.bytes()
                let format = try ImageFormat(sniffing: bytes)
                let destination = try plan.destination(of: file, from: format)
                if case .skip(let path) = destination {
                    return .skipped(["output": .string(path)])
                }
                let job = PictureJob(
                    file: file, image: try Image(bytes: bytes), destination: destination,
                    batch: batch)
                let (image, facts) = try make(job)
                var all = try write(image, to: destination)
                all["width"] = .integer(image.width)
                all["height"] = .integer(image.height)
                for member in facts.members { all[member.name] = member.value }
                all["seconds"] = .real(
                    ((ContinuousClock.now - start).inSeconds * 1000).rounded() / 1000)
                return .done(all)
            }
        }
        return try batch.finish()
    }

    private func write(_ image: Image, to destination: OutputPlan.Destination) throws -> JSONObject
    {
        switch destination {
        case .write(let path, let format):
            try makeFolders(path.folder)
            try image.write(to: path, as: format, options: output.encoding)
            return ["output": .string(path)]
        case .standardOutput(let format):
            try console.write(try image.encoded(as: format, options: output.encoding))
            return [:]
        case .skip:
            preconditionFailure("A result that is skipped is not made")
        }
    }
}

/// One picture of a run.
struct PictureJob {
    let file: InputFile
    let image: Image
    let destination: OutputPlan.Destination
    private let batch: Batch

    init(file: InputFile, image: Image, destination: OutputPlan.Destination, batch: Batch) {
        self.file = file
        self.image = image
        self.destination = destination
        self.batch = batch
    }

    /// The format that the result will have.
    var format: ImageFormat {
        switch destination {
        case .write(_, let format), .standardOutput(let format): format
        case .skip: image.format
        }
    }

    /// Says how far the picture is.
    func advance(toStep number: Int, of count: Int) {
        batch.progress.advance(toStep: number, of: count)
    }

    /// Says something about the picture that is no fault.
    func note(_ sentence: String) {
        batch.note(file.path, sentence)
    }
}
