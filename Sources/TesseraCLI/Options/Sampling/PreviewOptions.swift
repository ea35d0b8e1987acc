import ArgumentParser
import TesseraImage
import TesseraJobs
import TesseraPipeline

/// Whether a picture is to be seen while it comes about.
struct PreviewOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where unfinished pictures go while they are made: a PNG for a single input, or a folder.",
            valueName: "out"),
        completion: .file())
    var preview: String?

    @Option(help: ArgumentHelp("After how many steps a preview is written again.", valueName: "n"))
    var previewEvery = 1

    func validate() throws {
        if previewEvery < 1 {
            throw ValidationError("'--preview-every' is \(previewEvery), but must be at least 1")
        }
    }

    /// Plans where previews go; `nil` if none are asked for.
    func pictures(
        output: OutputOptions, input: InputOptions, others: [String?] = []
    ) throws(CommandFailure) -> SidePictures? {
        guard let preview else { return nil }
        return try SidePictures(
            at: preview, noun: "a preview", output: output, input: input, others: others)
    }
}

/// The previews of one picture.
struct Preview {
    private let picture: SidePictures.Place
    private let interval: Int

    /// Begins the previews of a picture.
    ///
    /// - Returns: `nil` if none are asked for.
    init?(of file: InputFile, in pictures: inout SidePictures?, every interval: Int) throws {
        guard let place = try pictures?.place(of: file) else { return nil }
        picture = place
        self.interval = interval
    }

    /// Writes the picture as it stands, if it is time.
    ///
    /// A preview that cannot be written is no reason to end the work; the result will tell.
    func show(_ progress: SamplingProgress<Image>) {
        guard progress.step % interval == 0 else { return }
        try? picture.write(progress.preview)
    }
}
