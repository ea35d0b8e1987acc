import Synchronization
import Testing

import TesseraTensor

@Suite struct ThreadPoolTests {
    @Test(arguments: [0, 1, 2, 7, 1000]) func runsEachPartOnce(count: Int) {
        for _ in 0 ..< 50 {
            let runs = Tensor<Int32>(shape: [count]) { parts in
                parts.initialize(repeating: 0)
                ThreadPool.run(count: count) { parts[$0] += 1 }
            }
            #expect(runs.elements.allSatisfy { $0 == 1 })
        }
    }

    @Test func nestedRegionsRunOnTheirThread() {
        let total = Atomic(0)
        ThreadPool.run(count: 8) { _ in
            ThreadPool.run(count: 8) { _ in total.add(1, ordering: .relaxed) }
        }
        #expect(total.load(ordering: .relaxed) == 64)
    }

    @Test func severalCallersGetTheirOwnParts() async {
        await withTaskGroup(of: Int.self) { group in
            for caller in 0 ..< 8 {
                group.addTask {
                    let total = Atomic(0)
                    for _ in 0 ..< 200 {
                        ThreadPool.run(count: 5) { total.add($0 + caller, ordering: .relaxed) }
                    }
                    return total.load(ordering: .relaxed) - 200 * 5 * caller
                }
            }
            for await sum in group { #expect(sum == 200 * 10) }
        }
    }

    @Test func sleepsWhenIdleAndWakesAgain() async throws {
        for _ in 0 ..< 3 {
            let total = Atomic(0)
            ThreadPool.run(count: 100) { _ in total.add(1, ordering: .relaxed) }
            #expect(total.load(ordering: .relaxed) == 100)
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test func threadCountCanChange() {
        let before = Processor.threadCount
        for threads in [1, 3, 2, 4, before] {
            Processor.setThreadCount(threads)
            #expect(Processor.threadCount == threads)
            let total = Atomic(0)
            ThreadPool.run(count: 64) { total.add($0, ordering: .relaxed) }
            #expect(total.load(ordering: .relaxed) == 64 * 63 / 2)
        }
    }
}
