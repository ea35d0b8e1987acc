import TesseraFiles
import TesseraImage

/// The pictures of a tar archive whose members `KEY.jpg` and `KEY.json` follow each other.
///
/// This is the convention of WebDataset: the key ends at the first dot of the last component, the
/// rest is the kind of the member, and members of a sample are neighbours. Members without a dot and
/// those named `__…__` belong to no sample. ``SampleOptions`` choose among several images of a sample;
/// ``PictureTexts`` says where labels and captions come from. What cannot be used is listed, and the
/// rest goes on; if the archive breaks off, so does the sample at its end.
public struct ArchiveItems: Sendable {
    /// The pictures, in the order of the archive, each of whose keys is safe and comes once.
    public private(set) var items: [ImageItem] = []

    /// What cannot be used, and why.
    public private(set) var faults: [DatasetError] = []

    /// What was left aside while its picture, if there is one, is used: images that are not taken, and
    /// texts that cannot be read.
    public private(set) var notes: [DatasetError] = []

    private let path: String
    private let options: SampleOptions
    private var pending: ArchiveSample?
    private var finishedKeys: Set<String> = []

    /// Looks at every member of an archive.
    ///
    /// - Parameters:
    ///   - location: Where it is; a command is run.
    ///   - options: What is taken of its samples.
    public init(_ location: ArchiveLocation, options: SampleOptions = SampleOptions()) {
        path = location.path
        self.options = options
        let unpacked = UnpackedArchive(location)
        if let file = unpacked.file { addMembers(of: file, isWhole: unpacked.fault == nil) }
        if let fault = unpacked.fault { faults.append(fault) }
        let (unique, keyFaults) = uniqueItems(items)
        items = unique
        faults += keyFaults
    }

    private mutating func addMembers(of file: ReadFile, isWhole: Bool) {
        var reader = TarReader(file)
        var links = ArchiveLinks(file)
        do throws(DatasetError) {
            while let member = try reader.next() { add(member, of: file, &links) }
            finishSample(of: file, &links)
        } catch {
            // The sample before the break is whole if what breaks off is known to be another.
            if let broken = reader.brokenPath {
                if parts(of: broken)?.key != pending?.key { finishSample(of: file, &links) }
            } else if case .tar(_, .unclosed) = error {
                finishSample(of: file, &links)
            }
            // What could not be unpacked is why the rest is missing.
            if isWhole { faults.append(error) }
        }
    }

    private mutating func add(
        _ member: TarMember, of file: ReadFile, _ links: inout ArchiveLinks
    ) {
        guard let (key, fileExtension) = parts(of: member.path) else {
            if hasImage(member, of: file) {
                notes.append(.item(path: "\(path)/\(member.path)", .noKey))
            }
            return
        }
        if pending?.key != key {
            finishSample(of: file, &links)
            pending = ArchiveSample(key: key)
        }
        let isNamedImage =
            hasPictureExtension(member.path)
            || otherPictureExtensions.contains(lastExtension(of: member.path))
        let isImage =
            isNamedImage
            || !PictureTexts.extensions.contains(fileExtension) && hasImage(member, of: file)
        pending?.members.append(
            ArchiveSample.Member(
                fileExtension: fileExtension, content: member.content, isNamedImage: isNamedImage,
                isImage: isImage))
    }

    /// Whether the first bytes of a member are those of an image, of a format that is read or not; the two
    /// letters that a BMP begins with say too little.
    private func hasImage(_ member: TarMember, of file: ReadFile) -> Bool {
        guard case .file(let range) = member.content,
            let head = try? file.bytes(range.prefix(16))
        else { return false }
        do { _ = try ImageFormat(sniffing: head) } catch {
            guard case .unsupportedFormat(let name) = error else { return false }
            return name != "BMP"
        }
        return true
    }

    /// The key and the kind of a member, or `nil` if it belongs to no sample.
    private func parts(of path: String) -> (key: String, fileExtension: String)? {
        let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let name = path[start...]
        guard let dot = name.firstIndex(of: "."), dot > start,
            !(name.hasPrefix("__") && name.hasSuffix("__"))
        else { return nil }
        return (String(path[..<dot]), name[dot...].dropFirst().lowercased())
    }

    private mutating func finishSample(of file: ReadFile, _ links: inout ArchiveLinks) {
        guard let sample = pending else { return }
        pending = nil
        do throws(DatasetError) {
            guard finishedKeys.insert(sample.key).inserted else {
                throw .item(path: path, .splitMembers(key: sample.key))
            }
            try checkMembers(of: sample)
            guard let (taken, left) = sample.images(options.imageMember) else {
                let names = sample.members.filter(\.isImage).map(\.fileExtension)
                faults += names.map {
                    .item(
                        path: "\(path)/\(sample.key).\($0)",
                        .severalImages(key: sample.key, names: names))
                }
                return
            }
            notes += left.map {
                .item(
                    path: "\(path)/\(sample.key).\($0.fileExtension)",
                    .imageLeft(key: sample.key))
            }
            for (key, image) in taken { add(key, image, of: sample, in: file, &links) }
        } catch {
            faults.append(error)
        }
    }

    /// Checks that no member comes twice; a text that does is left aside if it may.
    private mutating func checkMembers(of sample: ArchiveSample) throws(DatasetError) {
        var extensions: Set<String> = []
        for member in sample.members where !extensions.insert(member.fileExtension).inserted {
            let error = DatasetError.item(
                path: path, .duplicateMember(key: sample.key, fileExtension: member.fileExtension))
            guard !member.isImage && !options.isStrict else { throw error }
            notes.append(error)
        }
    }

    private mutating func add(
        _ key: String, _ image: ArchiveSample.Member, of sample: ArchiveSample, in file: ReadFile,
        _ links: inout ArchiveLinks
    ) {
        func place(_ member: ArchiveSample.Member) -> String {
            "\(path)/\(sample.key).\(member.fileExtension)"
        }
        do throws(DatasetError) {
            let range = try links.range(of: image.content, at: place(image))
            let texts = try PictureTexts(options) { (fileExtension) throws(DatasetError) in
                // An image of several may have texts of its own.
                let own = image.stem.isEmpty ? nil : sample["\(image.stem).\(fileExtension)"]
                guard let member = own ?? sample[fileExtension] else { return nil }
                let range = try links.range(of: member.content, at: place(member))
                try PictureTexts.checkLength(range.count, path: place(member))
                return (try bytes(of: file, range), place(member))
            }
            notes += texts.faults
            let prefix = options.hasArchiveKeys ? archiveName(path) + "/" : ""
            items.append(
                ImageItem(
                    key: prefix + key, label: texts.label, caption: texts.caption,
                    fields: texts.fields, path: place(image), content: .member(file, range)))
        } catch {
            faults.append(error)
        }
    }
}

/// The name of an archive without folders and extension.
private func archiveName(_ path: String) -> String {
    let name = name(of: path)
    return archiveExtensions.first { name.hasSuffix($0) }.map {
        String(name.dropLast($0.count))
    } ?? name
}
