package import CTesseraKernels
import Glibc

/// What this process knows about its processor, and how much of it may be used.
public enum Processor {
    private static let best = InstructionSet.best(
        upTo: getenv("TESSERA_ISA").map { String(cString: $0) })

    @TaskLocal private static var forced: InstructionSet?

    /// The instructions that kernels use: the best ones here, unless `TESSERA_ISA` names lower ones.
    public static var instructionSet: InstructionSet { forced ?? best }

    /// Runs a closure whose kernels use other instructions, to compare them or to time them.
    ///
    /// - Parameters:
    ///   - instructionSet: One that is available.
    ///   - body: Every kernel that it calls, on whatever thread, uses those instructions.
    /// - Returns: What `body` returns.
    public static func withInstructionSet<Result>(
        _ instructionSet: InstructionSet, _ body: () -> Result
    ) -> Result {
        precondition(
            instructionSet.isAvailable, "This processor has no \(instructionSet) instructions")
        return $forced.withValue(instructionSet, operation: body)
    }

    /// The number of threads that a parallel region uses, its caller included.
    ///
    /// Until it is set, it is the number of processors that this process may run on.
    public static var threadCount: Int { Int(tessera_pool_threads()) }

    /// Sets the number of threads; results have the same bits for any number.
    ///
    /// - Parameter count: At least 1.
    /// - Precondition: Not called from inside a parallel region.
    public static func setThreadCount(_ count: Int) {
        precondition(count >= 1, "A process needs at least 1 thread, but \(count) were asked for")
        precondition(
            tessera_pool_is_inside() == 0,
            "The number of threads cannot change inside a parallel region; set it before")
        tessera_pool_set_threads(Int32(clamping: count))
    }

    /// The kernels for those instructions.
    package static var kernels: TesseraKernels {
        guard let kernels = tessera_kernels(instructionSet.level) else {
            preconditionFailure("This processor has no \(instructionSet) instructions")
        }
        return kernels.pointee
    }
}
