import TesseraTensor

/// The instruction sets that this machine runs and that are compared with the slow twins.
let levels = InstructionSet.allCases.filter { $0 != .reference && $0.isAvailable }

/// Runs a closure with the kernels of a level.
func on<Result>(_ level: InstructionSet, _ body: () -> Result) -> Result {
    Processor.withInstructionSet(level, body)
}
