/// The memory of a tensor: one block, aligned to 64 bytes, freed with the last reference.
///
/// Sendable because a tensor writes only to a block that it alone refers to.
final class TensorStorage<Element: BitwiseCopyable>: @unchecked Sendable {
    let buffer: UnsafeMutableBufferPointer<Element>

    /// Allocates memory that holds no values yet.
    init(count: Int) {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
        buffer = UnsafeMutableBufferPointer(
            start: memory.bindMemory(to: Element.self, capacity: count), count: count)
    }

    convenience init(copying other: TensorStorage) {
        self.init(count: other.buffer.count)
        _ = buffer.initialize(from: other.buffer)
    }

    deinit {
        UnsafeMutableRawPointer(mutating: UnsafeRawPointer(buffer.baseAddress))?.deallocate()
    }
}
