import TesseraFiles
public import TesseraImage

/// A run that makes a picture of each input, or several: the pictures to make, in order.
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

        /// Nothing: all results are there and are kept; the path is that of the first.
        case skipped(path: String)
    }

    /// The picture's file.
    public let file: InputFile

    let plan: OutputPlan

    /// Reads the picture and finds the places of its results.
    ///
    /// - Returns: What there is to do.
    /// - Throws: ``JobError`` when a result would replace what it must not, or what reading throws.
    public func open() throws -> Opened {
        let bytes = try file.bytes()
        let format = try ImageFormat(sniffing: bytes)
        let destinations = try plan.destinations(of: file, from: format)
        let kept = destinations.compactMap(\.keptPath)
        if kept.count == destinations.count, let first = kept.first { return .skipped(path: first) }
        return .picture(
            OpenPicture(
                file: file, image: try Image(bytes: bytes), header: try ImageHeader(bytes: bytes),
                destinations: destinations, encoding: plan.encoding))
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

    /// What its file says about it.
    public let header: ImageHeader

    let destinations: [OutputPlan.Destination]
    let encoding: EncodingOptions

    /// The format that results will have.
    public var format: ImageFormat {
        for destination in destinations {
            switch destination {
            case .write(_, let format), .stream(let format): return format
            case .skip: continue
            }
        }
        return image.format
    }

    /// Checks before any work that a result can be stored, and read again.
    ///
    /// - Parameters:
    ///   - width: The width that the result will have.
    ///   - height: The height that the result will have.
    /// - Throws: ``JobError`` about the item.
    public func checkResult(width: Int, height: Int) throws(JobError) {
        let limit = DecodingLimits().maximumSide
        guard max(width, height) <= limit else {
            throw .item(
                "the result would have \(width) x \(height) pixels, but a side has at most \(limit); "
                    + "cut the picture")
        }
    }

    /// Says whether a result is there and is kept.
    ///
    /// - Parameter number: The number of the result, from 0 on.
    /// - Returns: Its path; `nil` if it is to be made.
    public func keptPath(ofResult number: Int) -> String? { destinations[number].keptPath }

    /// Writes a result.
    ///
    /// - Parameters:
    ///   - result: The result.
    ///   - number: Its number, from 0 on.
    /// - Returns: Where it is.
    /// - Throws: `FileError` or `ImageError`.
    /// - Precondition: No result of that number is kept.
    public func write(_ result: Image, number: Int = 0) throws -> Written {
        switch destinations[number] {
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
