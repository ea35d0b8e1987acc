import Glibc
import TesseraFiles
package import TesseraImage

/// Where the result of each input goes.
///
/// One input and an output that is named like a picture give that picture; anything else gives a
/// folder in which every result has the place that its input has among the inputs. Several results of
/// one input have numbers behind their names. A result never takes the name of an input, nor of another
/// result.
package final class OutputPlan {
    /// Where results go.
    package enum Target: Equatable {
        /// To this file.
        case file(String)

        /// Into this folder.
        case folder(String)

        /// To whoever runs the job, as bytes.
        case stream
    }

    /// What is to be done about one input.
    package enum Destination: Equatable {
        /// Write to this path.
        case write(path: String, format: ImageFormat)

        /// Hand on the bytes.
        case stream(format: ImageFormat)

        /// Nothing: the result exists.
        case skip(path: String)

        /// The path of a result that exists and is kept.
        var keptPath: String? { if case .skip(let path) = self { path } else { nil } }
    }

    /// Where results go.
    package let target: Target

    /// How files are encoded.
    package var encoding: EncodingOptions { output.encoding }

    private let output: PictureOutput
    private let inputs: Set<FileIdentity>
    private var claims: [String: String] = [:]
    private var writableFolders: Set<String> = []

    /// Plans the outputs of a run.
    ///
    /// - Parameters:
    ///   - output: Where results go, and how they are stored.
    ///   - inputs: All inputs of the run, with what else it reads.
    ///   - others: Files that the run reads beside them, such as masks.
    /// - Throws: ``JobError`` about the usage when the output cannot hold the results, about the storage when
    ///   nothing can be written there.
    package init(
        _ output: PictureOutput, for inputs: InputList, others: [String] = []
    ) throws(JobError) {
        let isSingle = inputs.isSingle
        self.output = output
        self.inputs = Set(
            (inputs.files.map(\.path) + others).compactMap(FileIdentity.init(path:)))
        guard let path = output.path else {
            guard isSingle else {
                throw .usage(
                    "standard output holds one picture, but there are \(inputs.files.count) "
                        + "inputs; name a folder")
            }
            guard output.resultCount == 1 else {
                throw .usage(
                    "standard output holds one picture, but there are \(output.resultCount) "
                        + "results; name a file or a folder")
            }
            target = .stream
            return
        }
        target = try Self.target(path, of: output, isSingle: isSingle)
        // What is only to be kept may lie where nothing can be written.
        if !output.isSkipping { try checkPlace() }
    }

    /// Finds out what a path is to be.
    private static func target(
        _ path: String, of output: PictureOutput, isSingle: Bool
    ) throws(JobError) -> Target {
        guard !isFolder(path) else { return .folder(path) }
        if isDevice(path) { return .file(path) }
        if isPipe(path) {
            guard isSingle, output.resultCount == 1 else {
                throw .usage("the pipe '\(path)' holds one picture; name a folder")
            }
            return .file(path)
        }
        guard let named = try? ImageFormat(path: path) else {
            if let name = ImageFormat.unwrittenExtension(of: path) {
                throw .usage(
                    "'\(path)': \(ImageError.unknownExtension(name)); "
                        + "a folder of that name is written '\(path)/'")
            }
            return .folder(path)
        }
        guard isSingle else {
            throw .usage(
                "'\(path)' is named like one picture, but the inputs may give several; "
                    + "name a folder")
        }
        guard output.format == nil || output.format == named else {
            throw .usage(
                "'\(path)' is named like a \(named.rawValue) picture, but '--format' is "
                    + "\((output.format ?? named).rawValue); change one of them")
        }
        return .file(path)
    }

    /// Checks before any work that results can be written.
    private func checkPlace() throws(JobError) {
        do throws(FileError) {
            switch target {
            case .file(let path): try checkWritable(path)
            case .folder(let path):
                try checkFolder(path)
                writableFolders.insert(path)
            case .stream: break
            }
        } catch { throw .storage(error.description) }
    }

    /// Says where the results of an input go.
    ///
    /// - Parameters:
    ///   - input: The input.
    ///   - inputFormat: The format that its bytes are in.
    /// - Returns: What is to be done about each result.
    /// - Throws: ``JobError`` when a result would replace what it must not.
    package func destinations(
        of input: InputFile, from inputFormat: ImageFormat
    ) throws(JobError) -> [Destination] {
        var all: [Destination] = []
        for number in 0 ..< output.resultCount {
            all.append(try destination(of: input, from: inputFormat, number: number))
        }
        return all
    }

    /// Says where a result of an input goes.
    ///
    /// - Parameters:
    ///   - input: The input.
    ///   - inputFormat: The format that its bytes are in.
    ///   - number: The number of the result, from 0 on.
    /// - Returns: What is to be done.
    /// - Throws: ``JobError`` when the result would replace what it must not.
    package func destination(
        of input: InputFile, from inputFormat: ImageFormat, number: Int = 0
    ) throws(JobError) -> Destination {
        let format = output.format
        switch target {
        case .stream:
            return .stream(format: format ?? inputFormat)
        case .file(let path) where isDevice(path):
            return .write(path: path, format: format ?? inputFormat)
        case .file(let path):
            let named = (try? ImageFormat(path: path)) ?? inputFormat
            return try checked(
                output.numbered(path, number), for: input, format: format ?? named)
        case .folder(let folder):
            let wanted = format ?? inputFormat
            let isNamedSo = (try? ImageFormat(path: input.relativePath)) == wanted
            let name =
                isNamedSo
                ? input.relativePath
                : input.relativePath.replacingExtension(by: wanted.fileExtension)
            return try checked(
                folder + "/" + output.numbered(name, number), for: input, format: wanted)
        }
    }

    private func checked(
        _ path: String, for input: InputFile, format: ImageFormat
    ) throws(JobError) -> Destination {
        if let identity = FileIdentity(path: path), inputs.contains(identity) {
            throw JobError.item("the result would replace the input '\(path)'; name another output")
        }
        if let other = claims[path] {
            throw JobError.item(
                "the result would replace that of '\(other)' in '\(path)'; "
                    + "use an output folder for each")
        }
        claims[path] = input.path
        guard isRegularFile(path), !encoding.replacesFile else {
            if writableFolders.insert(path.folder).inserted {
                do { try checkWritable(path) } catch { throw JobError(item: error) }
            }
            return .write(path: path, format: format)
        }
        guard output.isSkipping else {
            throw JobError.item(
                "'\(path)' exists; pass --overwrite to replace it or --skip-existing to keep it")
        }
        return .skip(path: path)
    }
}

/// A file as the system knows it, whatever its name.
private struct FileIdentity: Hashable {
    private let device: UInt
    private let number: UInt

    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt(status.st_dev)
        number = UInt(status.st_ino)
    }
}
