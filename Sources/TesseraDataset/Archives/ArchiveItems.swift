import TesseraJSON
import TesseraCheckpoint
import TesseraFiles

/// The pictures of a tar archive whose members `KEY.jpg` and `KEY.json` follow each other.
///
/// This is the convention of WebDataset: the key ends at the first dot of the last component, the
/// rest is the kind of the member, and members of an item are neighbours. Members without a dot and
/// those named `__…__` belong to no item. The label is that of the JSON or the text of `KEY.cls`, the
/// caption that of the JSON or the text of `KEY.txt`. What cannot be used is listed, and the rest
/// goes on; if the archive breaks off, so does the item at its end.
public struct ArchiveItems: Sendable {
    /// The longest JSON or text of an item that is read, in bytes.
    private static let textByteLimit = 1 << 20

    /// The pictures, in the order of the archive, each of whose keys is safe and comes once.
    public private(set) var items: [ImageItem] = []

    /// What cannot be used, and why.
    public private(set) var faults: [DatasetError] = []

    private let path: String
    private var pending: Sample?
    private var finishedKeys: Set<String> = []

    private struct Sample {
        let key: String
        var members: [(fileExtension: String, range: Range<Int>)] = []
    }

    /// Looks at every member of an archive.
    ///
    /// - Parameter location: Where it is; a command is run.
    public init(_ location: ArchiveLocation) {
        path = location.path
        let unpacked = UnpackedArchive(location)
        if let file = unpacked.file { addMembers(of: file, isWhole: unpacked.fault == nil) }
        if let fault = unpacked.fault { faults.append(fault) }
        let (unique, keyFaults) = uniqueItems(items)
        items = unique
        faults += keyFaults
    }

    private mutating func addMembers(of file: MappedFile, isWhole: Bool) {
        var reader = TarReader(file.bytes)
        do throws(TarFault) {
            while let member = try reader.next() { add(member, of: file) }
            finishSample(of: file)
        } catch {
            // The item before the break is whole if what breaks off is known to be another.
            if let broken = reader.brokenPath, parts(of: broken)?.key != pending?.key {
                finishSample(of: file)
            }
            // What could not be unpacked is why the rest is missing.
            if isWhole { faults.append(.tar(path: path, error)) }
        }
    }

    private mutating func add(_ member: TarMember, of file: MappedFile) {
        guard let (key, fileExtension) = parts(of: member.path) else { return }
        if pending?.key != key {
            finishSample(of: file)
            pending = Sample(key: key)
        }
        pending?.members.append((fileExtension, member.range))
    }

    /// The key and the kind of a member, or `nil` if it belongs to no item.
    private func parts(of path: String) -> (key: String, fileExtension: String)? {
        let member = path.hasPrefix("./") ? path.dropFirst(2) : path[...]
        let start = member.lastIndex(of: "/").map { member.index(after: $0) } ?? member.startIndex
        let name = member[start...]
        guard let dot = name.firstIndex(of: "."), dot > start,
            !(name.hasPrefix("__") && name.hasSuffix("__"))
        else { return nil }
        return (String(member[..<dot]), name[dot...].dropFirst().lowercased())
    }

    private mutating func finishSample(of file: MappedFile) {
        guard let sample = pending else { return }
        pending = nil
        do throws(DatasetError) {
            guard finishedKeys.insert(sample.key).inserted else {
                throw .item(path: path, .splitMembers(key: sample.key))
            }
            if let item = try item(of: sample, in: file) { items.append(item) }
        } catch {
            faults.append(error)
        }
    }

    private func item(
        of sample: Sample, in file: MappedFile
    ) throws(DatasetError) -> ImageItem? {
        var extensions: Set<String> = []
        for member in sample.members where !extensions.insert(member.fileExtension).inserted {
            throw .item(
                path: path, .duplicateMember(key: sample.key, fileExtension: member.fileExtension))
        }
        guard
            let picture = sample.members.first(where: {
                pictureExtensions.contains($0.fileExtension)
            })
        else { return nil }
        var label: String?
        var caption: String?
        if let json = sample.members.first(where: { $0.fileExtension == "json" }) {
            (label, caption) = try texts(
                in: file.bytes[json.range], path: "\(path)/\(sample.key).json")
        }
        if label == nil { label = try text(of: sample, "cls", in: file) }
        if caption == nil { caption = try text(of: sample, "txt", in: file) }
        return ImageItem(
            key: sample.key, label: label, caption: caption,
            path: "\(path)/\(sample.key).\(picture.fileExtension)",
            content: .member(file, picture.range))
    }

    private func text(
        of sample: Sample, _ fileExtension: String, in file: MappedFile
    ) throws(DatasetError) -> String? {
        guard let member = sample.members.first(where: { $0.fileExtension == fileExtension }) else {
            return nil
        }
        try checkLength(member.range.count, path: "\(path)/\(sample.key).\(fileExtension)")
        let text = String(decoding: file.bytes[member.range], as: UTF8.self)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    private func checkLength(_ count: Int, path: String) throws(DatasetError) {
        let limit = ArchiveItems.textByteLimit
        guard count <= limit else {
            throw .file(.tooLong(path: path, byteCount: count, limit: limit))
        }
    }

    private func texts(
        in bytes: Slice<UnsafeRawBufferPointer>, path: String
    ) throws(DatasetError) -> (label: String?, caption: String?) {
        try checkLength(bytes.count, path: path)
        let json: JSONValue
        do { json = try JSONValue(parsing: Array(bytes)) } catch {
            throw .json(path: path, error)
        }
        guard case .object(let object) = json else { return (nil, nil) }
        // A caption is free text; whatever else a data set calls so is left alone.
        let caption: String? = if case .string(let text)? = object["caption"] { text } else { nil }
        switch object["label"] {
        case nil, .null: return (nil, caption)
        case .string(let label): return (label, caption)
        case .integer(let label): return (String(label), caption)
        case .some(let other): throw .item(path: path, .label(found: other.compactText))
        }
    }
}
