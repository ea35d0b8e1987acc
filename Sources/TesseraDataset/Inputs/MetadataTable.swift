import Glibc
import TesseraFiles
import TesseraJSON

/// The table of a folder of pictures, `metadata.jsonl` or `metadata.csv`, with a row for each.
struct MetadataTable {
    /// The longest table that is read, in bytes.
    private static let byteLimit = 1 << 32

    /// The path of the table.
    let path: String

    /// The rows, by the path of their picture below the folder.
    private(set) var rows: [String: JSONObject] = [:]

    /// What is wrong with the first row that cannot be read, or with the table.
    private(set) var fault: DatasetError?

    /// Reads a table; `nil` if the folder has none.
    init?(folder: String) {
        let names = ["jsonl", "csv", "parquet"].map { "\(folder)/metadata.\($0)" }
        guard let path = names.first(where: { access($0, F_OK) == 0 }) else { return nil }
        self.path = path
        guard !path.hasSuffix(".parquet") else {
            fault = .item(path: path, .unreadTable)
            return
        }
        let bytes: [UInt8]
        do { bytes = try readBytes(path: path, limit: MetadataTable.byteLimit) } catch {
            fault = .file(error)
            return
        }
        if path.hasSuffix(".csv") { add(csv: bytes) } else { add(lines: bytes) }
    }

    private mutating func add(lines: [UInt8]) {
        for (index, line) in lines.split(separator: UInt8(ascii: "\n")).enumerated() {
            do throws(JSONError) {
                add(try JSONValue(parsing: Array(line)), number: index + 1)
            } catch { fault = fault ?? .json(path: path, error) }
        }
    }

    private mutating func add(csv: [UInt8]) {
        var records = csvRecords(csv)[...]
        guard let header = records.popFirst() else { return }
        for (index, record) in records.enumerated() {
            var row = JSONObject()
            for (name, value) in zip(header, record) { row[name] = .string(value) }
            add(.object(row), number: index + 2)
        }
    }

    private mutating func add(_ value: JSONValue, number: Int) {
        guard case .object(var row) = value, case .string(let name)? = row["file_name"] else {
            fault = fault ?? .shard(path: path, .line(number: number, key: "file_name"))
            return
        }
        row["file_name"] = nil
        rows[tidied(name)] = row
    }
}

/// The records of a text of values parted by commas, in quotes where they hold commas, quotes or line
/// breaks. (RFC 4180.)
private func csvRecords(_ bytes: [UInt8]) -> [[String]] {
    let (comma, quote, lineBreak) = (UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"))
    var records: [[String]] = []
    var record: [String] = []
    var value: [UInt8] = []
    var isQuoted = false
    func ended(_ value: [UInt8]) -> String { String(decoding: value, as: UTF8.self) }
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    for (index, byte) in zip(text.indices, text) {
        switch byte {
        case quote:
            // A quote that follows the end of a quoted part stands for itself.
            if !isQuoted && index > text.startIndex && text[index - 1] == quote {
                value.append(quote)
            }
            isQuoted.toggle()
        case comma where !isQuoted:
            record.append(ended(value))
            value = []
        case lineBreak where !isQuoted:
            if value.last == 13 { value.removeLast() }
            record.append(ended(value))
            if record != [""] { records.append(record) }
            (record, value) = ([], [])
        default: value.append(byte)
        }
    }
    if !value.isEmpty || !record.isEmpty { records.append(record + [ended(value)]) }
    return records
}
