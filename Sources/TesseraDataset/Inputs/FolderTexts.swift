import Glibc
import Synchronization
import TesseraFiles
import TesseraJSON

/// What is said about pictures in files of their own: by files beside them, or by a table of a folder.
///
/// Beside a picture lie `KEY.json`, `KEY.cls` and `KEY.txt`, as img2dataset writes them; a table is
/// `metadata.jsonl` or `metadata.csv` of a folder that the picture is in, with the column `file_name`, as
/// Hugging Face reads it. Where one of them describes a picture, its folder is no class.
public final class FolderTexts: Sendable {
    private let options: SampleOptions
    private let tables = Mutex<[String: MetadataTable?]>([:])

    /// Reads texts when they are asked for.
    ///
    /// - Parameter options: Whether what cannot be read is an error, and whether fields are kept.
    public init(_ options: SampleOptions) {
        self.options = options
    }

    /// Adds to a picture what is said about it.
    ///
    /// - Parameter item: The picture; one of an archive has its texts already.
    /// - Returns: The picture, and what could not be read.
    /// - Throws: ``DatasetError`` where options are strict.
    public func described(
        _ item: ImageItem
    ) throws(DatasetError) -> (item: ImageItem, faults: [DatasetError]) {
        guard case .file = item.content else { return (item, []) }
        let base = withoutExtension(item.path)
        var texts = try PictureTexts(options) { (fileExtension) throws(DatasetError) in
            let path = "\(base).\(fileExtension)"
            guard access(path, F_OK) == 0 else { return nil }
            do throws(FileError) {
                return (try readBytes(path: path, limit: PictureTexts.byteLimit), path)
            } catch { throw .file(error) }
        }
        try addTable(of: item, to: &texts)
        var described = item
        described.label = texts.label ?? (texts.describesPicture ? nil : item.label)
        described.caption = texts.caption
        described.fields = texts.fields
        return (described, texts.faults)
    }

    /// Adds what the table of the nearest folder says that names the picture.
    private func addTable(
        of item: ImageItem, to texts: inout PictureTexts
    ) throws(DatasetError) {
        var components = item.path.split(separator: "/", omittingEmptySubsequences: false)
        var name: [Substring] = []
        var fault: DatasetError?
        for _ in item.key.split(separator: "/") {
            name.insert(components.removeLast(), at: 0)
            guard let table = table(of: components.joined(separator: "/")) else { continue }
            if let row = table.rows[name.joined(separator: "/")] {
                return try texts.add(row: row, path: table.path)
            }
            fault = fault ?? table.fault
        }
        if let fault { try texts.note(fault) }
    }

    private func table(of folder: String) -> MetadataTable? {
        tables.withLock { tables in
            if let table = tables[folder] { return table }
            let table = MetadataTable(folder: folder.isEmpty ? "." : folder)
            tables[folder] = .some(table)
            return table
        }
    }
}
