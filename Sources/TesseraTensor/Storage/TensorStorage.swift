/// The memory of a tensor: one block, aligned to 64 bytes, freed with the last reference.
///
/// Sendable because a tensor writes only to a block that it alone refers to.
final class TensorStorage<Element: BitwiseCopyable>: @unchecked Sendable {
    let buffer: UnsafeMutableBufferPointer<Element>

    /// Allocates memory that holds no values yet.
    init(count: Int) {
        let memory = BlockCache.allocate(byteCount: TensorStorage.byteCount(of: count))
        buffer = UnsafeMutableBufferPointer(
            start: memory.bindMemory(to: Element.self, capacity: count), count: count)
    }

    convenience init(copying other: TensorStorage) {
        self.init(count: other.buffer.count)
        _ = buffer.initialize(from: other.buffer)
    }

    deinit {
        guard let address = buffer.baseAddress else { return }
        BlockCache.deallocate(
            UnsafeMutableRawPointer(address), byteCount: TensorStorage.byteCount(of: buffer.count))
    }

    private static func byteCount(of count: Int) -> Int {
        max(count, 1) * MemoryLayout<Element>.stride
    }
}
