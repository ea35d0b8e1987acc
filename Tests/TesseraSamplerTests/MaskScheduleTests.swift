import TesseraSampler
import Testing

@Suite struct MaskScheduleTests {
    @Test(arguments: MaskSchedule.all.indices, [1, 2, 8, 12, 64, 300])
    func countsFallAtEveryStepFromTheStartToZero(number: Int, stepCount: Int) {
        let schedule = MaskSchedule.all[number]
        for start in [0, 1, 3, 64, 256, 4096] {
            let counts = schedule.maskedCounts(from: start, stepCount: stepCount)
            #expect(counts.first == start && counts.last == 0)
            #expect(counts.count == min(stepCount, start) + 1)
            let falls = zip(counts, counts.dropFirst()).allSatisfy { $0 > $1 }
            #expect(falls, "\(schedule.name) from \(start): \(counts)")
        }
    }

    @Test func cosineGivesMaskGITsCounts() {
        // floor(256 cos(π r / 2)) for r = 1/8 ... 1, worked out by hand calculator.
        let counts = MaskSchedule.cosine.maskedCounts(from: 256, stepCount: 8)
        #expect(counts == [256, 251, 236, 212, 181, 142, 97, 49, 0])
    }

    @Test func linearRevealsEquallyManyAtEachStep() {
        let counts = MaskSchedule.linear.maskedCounts(from: 100, stepCount: 4)
        #expect(counts == [100, 75, 50, 25, 0])
    }
}
