import TesseraFiles
public import TesseraImage

/// A run that makes one picture of each input: the pictures to make, in order.
///
///     for task in try PictureRun(InputList(["photos"]), to: PictureOutput(path: "rebuilt")) {
///         guard case .picture(let picture) = try task.open() else { continue }
///         try picture.write(model.reconstruct(picture.image).image)
///     }
///
/// Nothing is read or written but by the tasks, so that leaving the loop ends the run.
public struct PictureRun: Sequence {
    /// The pictures, and what could not be looked at.
    public let inputs: InputList

    private let plan: OutputPlan

    /// Plans a run.
    ///
    /// - Parameters:
    ///   - inputs: The pictures.
    ///   - output: Where results go.
    ///   - others: Files that the run reads beside them, such as masks, which no result replaces.
    /// - Throws: ``JobError`` about the usage when the output cannot hold the results.
    public init(
        _ inputs: InputList, to output: PictureOutput, reading others: [String] = []
    ) throws(JobError) {
        self.inputs = inputs
        plan = try OutputPlan(output, for: inputs, others: others)
    }

    /// Begins the run.
    ///
    /// - Returns: A task for each picture.
    public func makeIterator() -> some IteratorProtocol<PictureTask> {
        inputs.files.lazy.map { [plan] in PictureTask(file: $0, plan: plan) }.makeIterator()
    }
}

/// One picture of a run, not read yet.
public struct PictureTask {
    /// What there is to do.
    public enum Opened {
        /// A picture to make another of.
        case picture(OpenPicture)

        /// Nothing: the result is there and is kept.
        case skipped(path: String)
    }

    /// The picture's file.
    public let file: InputFile

    let plan: OutputPlan

    /// Reads the picture and finds the place of its result.
    ///
    /// - Returns: What there is to do.
    /// - Throws: ``JobError`` when the result would replace what it must not, or what reading throws.
    public func open() throws -> Opened {
        let bytes = try file.bytes()
        let format = try ImageFormat(sniffing: bytes)
        let destination = try plan.destination(of: file, from: format)
        if case .skip(let path) = destination { return .skipped(path: path) }
        return .picture(
            OpenPicture(
                file: file, image: try Image(bytes: bytes), destination: destination,
                encoding: plan.encoding))
    }
}

/// One picture of a run that was read.
public struct OpenPicture {
    /// What became of a result.
    public enum Written {
        /// It is in a file.
        case file(path: String)

        /// It is to be handed on.
        case bytes([UInt8])
    }

    /// The picture's file.
    public let file: InputFile

    /// The picture.
    public let image: Image

    let destination: OutputPlan.Destination
    let encoding: EncodingOptions

    /// The format that the result will have.
    public var format: ImageFormat {
        switch destination {
        case .write(_, let format), .stream(let format): format
        case .skip: image.format
        }
    }

    /// Writes the result.
    ///
    /// - Parameter result: The result.
    /// - Returns: Where it is.
    /// - Throws: `FileError` or `ImageError`.
    public func write(_ result: Image) throws -> Written {
        switch destination {
        case .write(let path, let format):
            try makeFolders(path.folder)
            try result.write(to: path, as: format, options: encoding)
            return .file(path: path)
        case .stream(let format):
            return .bytes(try result.encoded(as: format, options: encoding))
        case .skip:
            preconditionFailure("A result that is skipped is not made")
        }
    }
}
