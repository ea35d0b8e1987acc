import TesseraFiles
import TesseraImage
import TesseraJobs
import TesseraPipeline

/// Pictures that a run writes beside its results, as PNG: masks, means.
struct SidePictures {
    private let plan: OutputPlan
    private let encoding: EncodingOptions

    /// Plans where the pictures go.
    ///
    /// - Parameters:
    ///   - path: A picture's name for a single input, or a folder.
    ///   - noun: What the pictures are, for messages.
    ///   - output: How results are stored.
    ///   - input: The inputs of the run.
    ///   - others: Where other pictures beside the results go, if any do.
    /// - Throws: A usage failure when the path cannot hold them.
    init(
        at path: String, noun: String, output: OutputOptions, input: InputOptions,
        others: [String?] = []
    ) throws(CommandFailure) {
        guard path != output.output, !others.contains(path) else {
            throw .usage("'\(path)' is where other pictures go; name another place for \(noun)")
        }
        var place = output.place
        place.path = path == "-" ? nil : path
        place.format = .png
        plan = try doing { () throws(JobError) in
            try OutputPlan(place, for: InputList(arguments: input.inputs))
        }
        if plan.target == .stream { throw .usage("\(noun) needs a file's name") }
        encoding = output.encoding
    }

    /// Where the picture that belongs to an input goes.
    struct Place {
        /// Its path.
        let path: String

        fileprivate let encoding: EncodingOptions

        /// Writes the picture, or writes it anew.
        func write(_ image: Image) throws {
            try makeFolders(path.folder)
            try image.write(to: path, as: .png, options: encoding)
        }
    }

    /// Finds where the picture that belongs to an input goes.
    ///
    /// - Returns: `nil` if it exists and is kept.
    func place(of file: InputFile) throws -> Place? {
        guard case .write(let path, _) = try plan.destination(of: file, from: .png) else {
            return nil
        }
        return Place(path: path, encoding: encoding)
    }

    /// Writes the picture that belongs to an input.
    ///
    /// - Returns: Its path; `nil` if it exists and is kept.
    func write(_ image: Image, of file: InputFile) throws -> String? {
        guard let place = try place(of: file) else { return nil }
        try place.write(image)
        return place.path
    }
}
