import TesseraDataset
import TesseraFiles

/// Files of tokens: those of a folder, or a single one.
struct TokenSource: Sendable {
    /// The folder.
    let path: String

    /// The names of the files in the folder.
    let files: [String]

    /// What all grids have in common.
    let origin: TokenOrigin

    /// The number of pictures.
    let itemCount: Int

    private let entries: [String: TokenManifest.File]

    /// Looks at a folder's manifest, or into a file.
    ///
    /// - Parameter path: The path of a folder or of a file.
    /// - Throws: ``DatasetError``.
    init(_ path: String) throws(DatasetError) {
        if isFolder(path) {
            let manifest = try TokenManifest(folder: path)
            self.path = path
            entries = Dictionary(
                manifest.files.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            files = manifest.files.map(\.name)
            origin = manifest.origin
            itemCount = manifest.files.reduce(0) { $0 + $1.itemCount }
        } else {
            let file = try openGridFile(path)
            self.path = path.folder.isEmpty ? "." : path.folder
            entries = [:]
            files = [path.lastComponent]
            origin = file.origin
            itemCount = file.items.count
        }
    }

    /// Opens a file, which must be the one that the manifest names, if there is one.
    ///
    /// - Parameter name: One of ``files``.
    /// - Returns: Its grids.
    /// - Throws: ``DatasetError``.
    func open(_ name: String) throws(DatasetError) -> any GridFile {
        if let entry = entries[name] { return try entry.open(in: path) }
        return try openGridFile(path + "/" + name)
    }
}
