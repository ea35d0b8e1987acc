import Testing

import TesseraTensor

@Suite struct BlockCacheTests {
    @Test func aBlockIsAtMostAnEighthLarger() {
        for byteCount in stride(from: 1, to: 3 << 20, by: 7919) {
            let size = BlockCache.sizeClass(of: byteCount)
            #expect(size >= byteCount && size - byteCount <= byteCount / 8)
            #expect(BlockCache.sizeClass(of: size) == size)
        }
    }

    @Test func aBlockComesBackForTheNextOfItsSize() {
        // An odd size, so that no other test asks for it meanwhile.
        let byteCount = 91 << 20
        let first = BlockCache.allocate(byteCount: byteCount)
        #expect(Int(bitPattern: first) % 64 == 0)
        first.storeBytes(of: 7, toByteOffset: byteCount - 8, as: Int.self)
        BlockCache.deallocate(first, byteCount: byteCount)
        let second = BlockCache.allocate(byteCount: byteCount)
        #expect(second == first)
        BlockCache.deallocate(second, byteCount: byteCount)
    }

    @Test func manyThreadsShareIt() {
        ThreadPool.run(count: 64) { part in
            let count = (part % 7 + 1) * 20_011
            let tensor = Tensor<Float>(shape: [count], repeating: Float(part))
            #expect(tensor.elements.allSatisfy { $0 == Float(part) })
        }
    }
}
