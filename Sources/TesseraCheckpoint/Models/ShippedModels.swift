import Glibc
import TesseraFiles

/// The models that come with the program, found from any working directory.
///
/// Folders are searched in this order, and the first model of a name counts: the one in the
/// environment, `Checkpoints` beside the executable, `../share/tessera/Checkpoints` as installed,
/// and `Checkpoints` in the folders above the executable, as `swift build` leaves them.
public struct ShippedModels: Sendable {
    /// The variable of the environment that names a folder of model folders.
    public static let environmentKey = "TESSERA_CHECKPOINTS"

    /// The folders that were searched, in order.
    public let searchedFolders: [String]

    /// The paths of the models by their names.
    public let paths: [String: String]

    /// Searches for models.
    ///
    /// - Parameters:
    ///   - executable: The absolute path of the executable, without symbolic links.
    ///   - environment: The value of ``environmentKey``, or `nil` if it is not set.
    public init(
        executable: String = ShippedModels.executablePath,
        environment: String? = ShippedModels.environmentFolder
    ) {
        var folders: [String] = []
        if let environment, !environment.isEmpty { folders.append(environment) }
        var folder = executable[...]
        var isFirst = true
        while let slash = folder.lastIndex(of: "/") {
            folder = folder[..<slash]
            folders.append(folder + "/Checkpoints")
            if isFirst { folders.append(folder + "/../share/tessera/Checkpoints") }
            isFirst = false
        }
        searchedFolders = folders
        var paths: [String: String] = [:]
        for folder in folders {
            let names = ((try? entryNames(in: folder)) ?? []).filter { !$0.hasPrefix(".") }
            for name in names where paths[name] == nil {
                let path = folder + "/" + name
                if access(path + "/" + ModelFolder.descriptionName, R_OK) == 0 {
                    paths[name] = path
                }
            }
        }
        self.paths = paths
    }

    /// The names of the models, sorted.
    public var names: [String] { paths.keys.sorted() }

    /// Opens a model by its path or by the name of one that ships; a path has the first word.
    ///
    /// - Parameter pathOrName: The path of a model folder, or the name of a model that ships.
    /// - Returns: The folder, with its description read.
    /// - Throws: ``CheckpointError``, of which ``ModelFault/noSuchModel(name:shipped:searched:)``
    ///   says that there is neither.
    public func folder(_ pathOrName: String) throws(CheckpointError) -> ModelFolder {
        if access(pathOrName + "/" + ModelFolder.descriptionName, F_OK) == 0 {
            return try ModelFolder(path: pathOrName)
        }
        guard let path = paths[pathOrName] else {
            throw .model(
                path: pathOrName,
                .noSuchModel(name: pathOrName, shipped: names, searched: searchedFolders))
        }
        return try ModelFolder(path: path)
    }

    /// The folder that the environment names, or `nil` if it names none.
    public static var environmentFolder: String? {
        getenv(environmentKey).map { String(cString: $0) }
    }

    /// The absolute path of the running executable, without symbolic links.
    public static var executablePath: String {
        guard let path = realpath("/proc/self/exe", nil) else { return "" }
        defer { free(path) }
        return String(cString: path)
    }
}
