// Times the kernels beside the processor's peak: `swift run -c release tessera-benchmarks [WORD]`.
// With a word, only the benchmarks whose names contain it. TESSERA_ISA lowers the instructions.
// `tessera-benchmarks worker …` is a network that Scripts/bench times beside other programs.
// `tessera-benchmarks stages --model FOLDER` times whole stages instead, for compare_pytorch.py.
import Glibc
import TesseraTensor

private func decimal(_ value: Double, _ digits: Int) -> String {
    let scale = pow(10, Double(digits))
    let whole = Int((value * scale).rounded())
    let fraction = String(abs(whole) % Int(scale))
    return "\(whole / Int(scale))."
        + String(repeating: "0", count: digits - fraction.count) + fraction
}

private func report(threads: Int, word: String) {
    Processor.setThreadCount(threads)
    let benchmarks =
        [KernelBenchmarks.peak]
        + KernelBenchmarks.all.filter { word.isEmpty || $0.name.contains(word) }
    let timings = interleaved(benchmarks, rounds: 40)
    let peak = benchmarks[0].work / timings[0].best * 1e-9
    print("\n\(threads) thread(s), \(Processor.instructionSet), peak \(decimal(peak, 1)) GFLOP/s")
    print("| benchmark | best ms | median ms | rate | of peak |\n|---|---|---|---|---|")
    for (benchmark, timing) in zip(benchmarks, timings) {
        let rate = benchmark.work / timing.best * 1e-9
        let share =
            benchmark.unit == .operations ? "\(Int((100 * rate / peak).rounded())) %" : "-"
        print(
            "| \(benchmark.name) | \(decimal(timing.best * 1e3, 3))",
            "| \(decimal(timing.median * 1e3, 3))",
            "| \(decimal(rate, 1)) \(benchmark.unit.rawValue) | \(share) |")
    }
}

if CommandLine.arguments.dropFirst().first == "worker" {
    try WorkerBenchmark.run(Array(CommandLine.arguments.dropFirst(2)))
    exit(0)
}
if CommandLine.arguments.dropFirst().first == "peak" {
    Processor.setThreadCount(CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 2)
    let peak = KernelBenchmarks.peak
    print(decimal(peak.work / interleaved([peak], rounds: 40)[0].best * 1e-9, 1))
    exit(0)
}
if CommandLine.arguments.dropFirst().first == "stages" {
    try StageBenchmarks.run(Array(CommandLine.arguments.dropFirst(2)))
    exit(0)
}
for (level, difference) in KernelBenchmarks.agreement() {
    print("\(level) differs from the slow twin by at most \(difference)")
    guard difference < 1e-5 else { exit(1) }
}
let word = CommandLine.arguments.dropFirst().first ?? ""
for threads in Set([1, Processor.threadCount]).sorted() { report(threads: threads, word: word) }
