import TesseraCLI
import Testing

@Suite struct SchedulerTaskTests {
    /// What the command line says, the variables, and the task that follows.
    struct Case: Sendable, CustomTestStringConvertible {
        var index: Int?
        var count: Int?
        var variables: [String: String] = [:]
        var expected: String

        var testDescription: String { "\(variables) \(expected)" }
    }

    static let cases = [
        Case(expected: "0/1"),
        Case(
            index: 2, count: 5, variables: ["SLURM_PROCID": "1", "SLURM_NTASKS": "2"],
            expected: "2/5"),
        Case(variables: ["SLURM_PROCID": "1", "SLURM_NTASKS": "2"], expected: "1/2"),
        Case(count: 3, variables: ["SLURM_PROCID": "1", "SLURM_NTASKS": "2"], expected: "refused"),
        Case(variables: ["SLURM_PROCID": "0", "SLURM_NTASKS": "1"], expected: "0/1"),
        Case(
            variables: [
                "SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_COUNT": "3",
                "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_STEP": "2",
            ], expected: "2/3"),
        Case(
            variables: [
                "SLURM_ARRAY_TASK_ID": "1", "SLURM_ARRAY_TASK_COUNT": "2", "SLURM_PROCID": "2",
                "SLURM_NTASKS": "4",
            ], expected: "6/8"),
        Case(count: 4, variables: ["JOB_COMPLETION_INDEX": "3"], expected: "3/4"),
        Case(variables: ["JOB_COMPLETION_INDEX": "3"], expected: "refused"),
        Case(
            count: 4, variables: ["PARALLEL_SEQ": "4", "PARALLEL_JOBSLOT": "1"], expected: "3/4"),
        Case(count: 4, variables: ["PARALLEL_SEQ": "5"], expected: "refused"),
        Case(variables: ["PARALLEL_SEQ": "5"], expected: "0/1"),
        Case(count: 4, expected: "refused"),
    ]

    @Test(arguments: cases)
    func schedulersTellTheTask(_ given: Case) {
        do {
            let task = try SchedulerTask(
                index: given.index, count: given.count, environment: { given.variables[$0] })
            #expect("\(task.index)/\(task.count)" == given.expected)
        } catch {
            #expect(given.expected == "refused" && error.status == .usage)
        }
    }
}
