import CTesseraKernels
import Synchronization

/// Memory that tensors gave back, kept for the next tensor of about the same size.
///
/// Networks ask for the same few sizes again and again. The system would take each large block back
/// and hand it out again page by page, cleared, which costs as much as a convolution's transforms.
package enum BlockCache {
    /// Blocks below this many bytes are left to the allocator, which keeps them itself.
    private static let smallest = 1 << 16

    /// The most bytes kept; what was given back longest ago goes first.
    private static let limit = 256 << 20

    private static let kept = Mutex(Kept())

    /// Memory that holds no values yet, aligned to 64 bytes.
    ///
    /// - Parameter byteCount: The number of bytes, at least 1.
    /// - Returns: At least as many bytes, to be given back with the same count.
    package static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        let size = sizeClass(of: byteCount)
        let block = size >= smallest ? kept.withLock { $0.take(size) } : nil
        return block?.address ?? tessera_allocate(size)
    }

    /// Takes memory back.
    ///
    /// - Parameters:
    ///   - address: What ``allocate(byteCount:)`` gave.
    ///   - byteCount: The count that it was asked for.
    package static func deallocate(_ address: UnsafeMutableRawPointer, byteCount: Int) {
        let size = sizeClass(of: byteCount)
        guard size >= smallest, size <= limit else {
            tessera_deallocate(address)
            return
        }
        let block = Block(address: address, size: size)
        for old in kept.withLock({ $0.keep(block, upTo: limit) }) {
            tessera_deallocate(old.address)
        }
    }

    /// The size of block that a count is served with: at most an eighth more.
    package static func sizeClass(of byteCount: Int) -> Int {
        guard byteCount >= smallest else { return byteCount }
        let step = 1 << (Int.bitWidth - 1 - byteCount.leadingZeroBitCount - 3)
        return (byteCount + step - 1) / step * step
    }

    private struct Block: @unchecked Sendable {
        let address: UnsafeMutableRawPointer
        let size: Int
    }

    /// The blocks that are kept, in the order in which they were given back.
    private struct Kept {
        var blocks: [Block] = []
        var byteCount = 0

        /// The block of a size that was given back last: the one most likely still in a cache.
        mutating func take(_ size: Int) -> Block? {
            guard let index = blocks.lastIndex(where: { $0.size == size }) else { return nil }
            byteCount -= size
            return blocks.remove(at: index)
        }

        /// Keeps a block, and returns those that must go for it.
        mutating func keep(_ block: Block, upTo limit: Int) -> [Block] {
            var gone = 0
            while byteCount + block.size > limit {
                byteCount -= blocks[gone].size
                gone += 1
            }
            let old = Array(blocks.prefix(gone))
            blocks.removeFirst(gone)
            blocks.append(block)
            byteCount += block.size
            return old
        }
    }
}
