import TesseraFiles
import Testing

/// Reads a file of the folder `Fixtures` beside this one.
func fixture(_ name: String, file: String = #filePath) throws -> [UInt8] {
    let folder = file.prefix(upTo: try #require(file.lastIndex(of: "/")))
    return try readBytes(path: "\(folder)/Fixtures/\(name)", limit: 1 << 20)
}
