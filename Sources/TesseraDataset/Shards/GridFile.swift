public import TesseraTokens

/// A file of grids and of what is said about their pictures, whatever its container.
public protocol GridFile: Sendable {
    /// What the grids have in common with those of other files.
    var origin: TokenOrigin { get }

    /// The pictures, in order.
    var items: [TokenItem] { get }

    /// Reads one grid.
    ///
    /// - Parameter index: The place of the picture in ``items``.
    /// - Returns: A grid with no masked slot.
    /// - Throws: ``DatasetError``, of which ``ShardFault/code(key:found:slot:vocabulary:)`` says that
    ///   a code is outside its vocabulary.
    func grid(at index: Int) throws(DatasetError) -> TokenGrid
}

/// Opens a file of grids, whose extension tells its container.
///
/// - Parameter path: A path that ends in `.safetensors` or `.tar`.
/// - Returns: What it holds.
/// - Throws: ``DatasetError``.
public func openGridFile(_ path: String) throws(DatasetError) -> any GridFile {
    path.hasSuffix(".tar") ? try TokenArchive(path: path) : try TokenShard(path: path)
}

extension GridFile {
    /// Makes a grid from codes that were read, if each is in its vocabulary.
    func checkedGrid(
        _ codes: [Int32], at index: Int, height: Int, width: Int, path: String
    ) throws(DatasetError) -> TokenGrid {
        let vocabulary = origin.vocabulary
        for (place, code) in codes.enumerated() where code >= vocabulary[place % vocabulary.count] {
            let slot = place % vocabulary.count
            throw .shard(
                path: path,
                .code(
                    key: items[index].key, found: Int(code), slot: slot,
                    vocabulary: vocabulary[slot]))
        }
        return TokenGrid(height: height, width: width, vocabulary: vocabulary, codes: codes)
    }
}

extension TokenItem {
    /// Checks that a grid covers the picture and nothing else.
    func check(gridHeight: Int, gridWidth: Int, side: Int) throws(ShardFault) {
        guard (height - 1) / side + 1 == gridHeight, (width - 1) / side + 1 == gridWidth else {
            throw .size(
                key: key, height: height, width: width, gridHeight: gridHeight,
                gridWidth: gridWidth)
        }
    }
}

/// Codes of one or two bytes, little-endian.
func codes(in bytes: UnsafeRawBufferPointer, bytesPerCode: Int) -> [Int32] {
    bytesPerCode == 1
        ? bytes.map { Int32($0) }
        : stride(from: 0, to: bytes.count, by: 2).map {
            Int32(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt16.self)))
        }
}
