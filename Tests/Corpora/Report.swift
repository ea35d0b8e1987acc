import Foundation

/// What was held against the corpora, and what did not hold.
struct Report {
    private(set) var checkCount = 0
    private(set) var faults: [String] = []

    /// Notes one expectation.
    mutating func expect(_ holds: Bool, _ file: String, _ fault: @autoclosure () -> String) {
        checkCount += 1
        guard !holds else { return }
        faults.append("\(file): \(fault())")
        print("FAULT \(file): \(fault())")
    }

    /// Notes that a part of the corpora was gone through; none of its files is as bad as a fault.
    mutating func finish(_ part: String, fileCount: Int, _ remark: String = "") {
        expect(fileCount > 0, part, "no file was found")
        print("\(part): \(fileCount) files\(remark.isEmpty ? "" : ", \(remark)")")
    }
}

/// The files below a folder, sorted; only those with an ending, if one is given.
func files(below folder: String, ending: String = "") -> [String] {
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return names.filter { name in
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(
            atPath: "\(folder)/\(name)", isDirectory: &isFolder)
        return exists && !isFolder.boolValue && name.hasSuffix(ending)
    }.sorted()
}

/// The bytes of a file; none if it cannot be read, which then is a fault of its own.
func bytes(_ path: String) -> [UInt8] {
    FileManager.default.contents(atPath: path).map { Array($0) } ?? []
}

/// The rows of a table with tabs between its columns.
func table(_ path: String) -> [[String]] {
    String(decoding: bytes(path), as: UTF8.self).split(separator: "\n").map { line in
        line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
}
