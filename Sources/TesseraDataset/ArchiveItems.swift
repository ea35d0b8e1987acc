import TesseraCheckpoint
import TesseraFiles

/// The pictures of a tar archive whose members `KEY.jpg` and `KEY.json` follow each other.
///
/// This is the convention of WebDataset: the key ends at the first dot of the last component, the
/// rest is the kind of the member, and members of an item are neighbours. Members without a dot and
/// those named `__…__` belong to no item. What cannot be used is listed, and the rest goes on; if
/// the archive breaks off, so does the item at its end.
struct ArchiveItems {
    /// The longest JSON of an item that is read, in bytes.
    private static let jsonByteLimit = 1 << 20

    private(set) var items: [ImageItem] = []
    private(set) var faults: [DatasetError] = []

    private let path: String
    private var pending: Sample?
    private var finishedKeys: Set<String> = []

    private struct Sample {
        let key: String
        var members: [(ending: String, range: Range<Int>)] = []
    }

    init(path: String) {
        self.path = path
        let file: MappedFile
        do { file = try MappedFile(path: path) } catch {
            faults.append(.file(error))
            return
        }
        var reader = TarReader(file.bytes)
        do throws(TarFault) {
            while let member = try reader.next() { add(member, of: file) }
            finishSample(of: file)
        } catch {
            // The item before the break is whole if what breaks off is known to be another.
            if let broken = reader.brokenPath, parts(of: broken)?.key != pending?.key {
                finishSample(of: file)
            }
            faults.append(.tar(path: path, error))
        }
    }

    private mutating func add(_ member: TarMember, of file: MappedFile) {
        guard let (key, ending) = parts(of: member.path) else { return }
        if pending?.key != key {
            finishSample(of: file)
            pending = Sample(key: key)
        }
        pending?.members.append((ending, member.range))
    }

    /// The key and the kind of a member, or `nil` if it belongs to no item.
    private func parts(of path: String) -> (key: String, ending: String)? {
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
        var endings: Set<String> = []
        for member in sample.members where !endings.insert(member.ending).inserted {
            throw .item(path: path, .duplicateMember(key: sample.key, ending: member.ending))
        }
        guard let picture = sample.members.first(where: { pictureEndings.contains($0.ending) })
        else { return nil }
        var label: String?
        if let json = sample.members.first(where: { $0.ending == "json" }) {
            label = try self.label(
                in: file.bytes[json.range], path: "\(path)/\(sample.key).json")
        }
        return ImageItem(
            key: sample.key, label: label, path: "\(path)/\(sample.key).\(picture.ending)",
            content: .member(file, picture.range))
    }

    private func label(
        in bytes: Slice<UnsafeRawBufferPointer>, path: String
    ) throws(DatasetError) -> String? {
        guard bytes.count <= ArchiveItems.jsonByteLimit else {
            throw .file(
                .tooLong(path: path, byteCount: bytes.count, limit: ArchiveItems.jsonByteLimit))
        }
        let json: JSONValue
        do { json = try JSONValue(parsing: Array(bytes)) } catch {
            throw .json(path: path, error)
        }
        guard case .object(let object) = json else { return nil }
        switch object["label"] {
        case nil, .null: return nil
        case .string(let label): return label
        case .integer(let label): return String(label)
        case .some(let other): throw .item(path: path, .label(found: other.compactText))
        }
    }
}
