/// One thing to be timed.
struct Benchmark {
    /// `stage/shape/format`.
    var name: String
    /// Floating-point operations of a run as the formula counts them, which Winograd's algorithm
    /// undercuts; or bytes read and written where there is hardly any arithmetic.
    var work: Double
    /// What the work counts.
    var unit: Unit
    /// One run.
    var run: () -> Void

    enum Unit: String {
        case operations = "GFLOP/s"
        case bytes = "GB/s"
    }
}

/// The times of a benchmark's runs, in seconds.
struct Timing {
    var best = Double.infinity
    var samples: [Double] = []

    var median: Double { samples.sorted()[samples.count / 2] }

    mutating func add(_ seconds: Double) {
        best = min(best, seconds)
        samples.append(seconds)
    }
}

/// Times benchmarks in turn, many short samples of each, so that a burst of other load spoils a
/// sample of every one instead of all samples of one.
func interleaved(_ benchmarks: [Benchmark], rounds: Int) -> [Timing] {
    var timings = Array(repeating: Timing(), count: benchmarks.count)
    for benchmark in benchmarks { benchmark.run() }
    for _ in 0 ..< rounds {
        for (i, benchmark) in benchmarks.enumerated() { timings[i].add(sample(benchmark)) }
    }
    return timings
}

/// The seconds of one run, from as many as take two milliseconds.
private func sample(_ benchmark: Benchmark) -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    var runs = 0
    repeat {
        benchmark.run()
        runs += 1
    } while start.duration(to: clock.now) < .milliseconds(2)
    return start.duration(to: clock.now) / .seconds(1) / Double(runs)
}
