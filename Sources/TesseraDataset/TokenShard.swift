import TesseraCheckpoint
import TesseraTensor
public import TesseraTokens

/// The grids of one shard, all of one size, and what is said about their pictures.
///
/// Tokens are the tensor `tokens`, U8 or U16, of shape `[n, h, w, K]`; the heights and widths of the
/// pictures in pixels are the tensor `sizes`, I32, of shape `[n, 2]`. A file of the same name ending
/// in `.jsonl` has a line for each picture.
public struct TokenShard: Sendable {
    /// What the grids have in common with those of other shards.
    public let origin: TokenOrigin

    /// The pictures, in order.
    public let items: [TokenItem]

    /// The rows of each grid, h.
    public let gridHeight: Int

    /// The columns of each grid, w.
    public let gridWidth: Int

    private let path: String
    private let file: SafetensorsFile

    /// Opens a shard and checks all but the codes.
    ///
    /// - Parameter path: The path of the tokens file, which ends in `.safetensors`.
    /// - Throws: ``DatasetError``.
    public init(path: String) throws(DatasetError) {
        let file: SafetensorsFile
        do { file = try SafetensorsFile(path: path) } catch { throw .checkpoint(error) }
        let items = try readLines(path: withoutEnding(path) + ".jsonl") {
            (json, number) throws(ShardFault) in try TokenItem(json: json, number: number)
        }
        do throws(ShardFault) {
            origin = try TokenOrigin(metadata: file.metadata)
            let slotCount = origin.vocabulary.count
            let shape = file.description(of: "tokens")?.shape ?? []
            guard shape.count == 4, shape[3] == slotCount else {
                throw ShardFault.shape(found: shape, slotCount: slotCount)
            }
            guard items.count == shape[0] else {
                throw ShardFault.itemCount(found: items.count, expected: shape[0])
            }
            (gridHeight, gridWidth) = (shape[1], shape[2])
        } catch { throw .shard(path: path, error) }
        self.path = path
        self.file = file
        self.items = items
        try checkTensors()
    }

    private func checkTensors() throws(DatasetError) {
        let type: ScalarType = origin.usesBytes ? .uint8 : .uint16
        let found = file.description(of: "tokens")?.scalarType ?? type
        guard found == type else {
            throw .checkpoint(
                .tensor(
                    path: path, name: "tokens", .scalarType(found: found, expected: [type])))
        }
        let sizes: [Int32]
        do {
            sizes = try file.tensor("sizes", shape: [items.count, 2], of: Int32.self).elements
        } catch { throw .checkpoint(error) }
        let side = origin.pixelsPerToken
        for (index, item) in items.enumerated() {
            guard sizes[2 * index] == item.height, sizes[2 * index + 1] == item.width else {
                throw .shard(path: path, .disagreement(key: item.key))
            }
            guard (item.height - 1) / side + 1 == gridHeight,
                (item.width - 1) / side + 1 == gridWidth
            else {
                throw .shard(
                    path: path,
                    .size(
                        key: item.key, height: item.height, width: item.width,
                        gridHeight: gridHeight, gridWidth: gridWidth))
            }
        }
    }

    /// Reads one grid.
    ///
    /// - Parameter index: The place of the picture in ``items``.
    /// - Returns: A grid with no masked slot.
    /// - Throws: ``DatasetError``, of which ``ShardFault/code(key:found:slot:vocabulary:)`` says that
    ///   a code is outside its vocabulary.
    public func grid(at index: Int) throws(DatasetError) -> TokenGrid {
        precondition(
            items.indices.contains(index), "A shard of \(items.count) has no grid \(index)")
        let vocabulary = origin.vocabulary
        let count = gridHeight * gridWidth * vocabulary.count
        let codes: [Int32]
        do {
            codes = try file.withBytes(of: "tokens") { bytes in
                let range = index * count ..< (index + 1) * count
                return origin.usesBytes
                    ? bytes[range].map { Int32($0) }
                    : range.map {
                        Int32(bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self))
                    }
            }
        } catch { throw .checkpoint(error) }
        for (place, code) in codes.enumerated() where code >= vocabulary[place % vocabulary.count] {
            let slot = place % vocabulary.count
            throw .shard(
                path: path,
                .code(
                    key: items[index].key, found: Int(code), slot: slot,
                    vocabulary: vocabulary[slot]))
        }
        return TokenGrid(
            height: gridHeight, width: gridWidth, vocabulary: vocabulary, codes: codes)
    }
}
