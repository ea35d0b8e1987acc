import TesseraCheckpoint
import TesseraTensor
public import TesseraTokens

/// The grids of one shard, all of one size, and what is said about their pictures.
///
/// Tokens are the tensor `tokens`, U8 or U16, of shape `[n, h, w, K]`; the heights and widths of the
/// pictures in pixels are the tensor `sizes`, I32, of shape `[n, 2]`. A file of the same name ending
/// in `.jsonl` has a line for each picture.
public struct TokenShard: GridFile {
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
        do { file = try SafetensorsFile(path: path, isMapped: false) } catch {
            throw .checkpoint(error)
        }
        let items = try readLines(path: withoutExtension(path) + ".jsonl") {
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
        let type: ScalarType = origin.bytesPerCode == 1 ? .uint8 : .uint16
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
            do {
                try item.check(gridHeight: gridHeight, gridWidth: gridWidth, side: side)
            } catch { throw .shard(path: path, error) }
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
        let size = origin.bytesPerCode
        let count = gridHeight * gridWidth * origin.vocabulary.count * size
        let found: [Int32]
        do {
            found = try file.withBytes(of: "tokens") { bytes in
                codes(
                    in: UnsafeRawBufferPointer(
                        rebasing: bytes[index * count ..< (index + 1) * count]),
                    bytesPerCode: size)
            }
        } catch { throw .checkpoint(error) }
        return try checkedGrid(
            found, at: index, height: gridHeight, width: gridWidth, path: path)
    }

    /// Writes grids of one size.
    ///
    /// - Returns: The SHA-256 of the tokens file.
    static func write(
        _ grids: [StoredGrid], origin: TokenOrigin, to path: String
    ) throws(DatasetError) -> String {
        var writer = SafetensorsWriter(metadata: origin.metadata)
        let shape = [grids.count, grids[0].height, grids[0].width, origin.vocabulary.count]
        writer.add(
            parts: grids.map(\.bytes), of: origin.bytesPerCode == 1 ? .uint8 : .uint16,
            shape: shape,
            named: "tokens")
        let sizes = grids.flatMap { [Int32($0.item.height), Int32($0.item.width)] }
        writer.add(Tensor<Int32>(shape: [grids.count, 2], elements: sizes), named: "sizes")
        do { return try writer.write(to: path) } catch { throw .checkpoint(error) }
    }
}
