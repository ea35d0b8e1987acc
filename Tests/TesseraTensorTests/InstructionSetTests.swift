import Testing

import TesseraTensor

@Suite struct InstructionSetTests {
    @Test func plainLevelsAreEverywhere() {
        #expect(InstructionSet.reference.isAvailable && InstructionSet.scalar.isAvailable)
    }

    @Test func aLimitLowersTheLevel() {
        #expect(InstructionSet.best(upTo: "scalar") == .scalar)
        #expect(InstructionSet.best(upTo: "reference") == .reference)
        #expect(InstructionSet.best(upTo: "avx2") != .avx512)
    }

    @Test func anUnknownLimitIsNone() {
        #expect(InstructionSet.best(upTo: "mmx") == InstructionSet.best(upTo: nil))
        #expect(InstructionSet.best(upTo: nil).isAvailable)
    }
}
