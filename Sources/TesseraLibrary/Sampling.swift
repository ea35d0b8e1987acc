import CTesseraLibrary
import TesseraImage
import TesseraPipeline
import TesseraPosterior

/// How a caller of C wants pictures to be sampled, checked.
struct SamplingRequest {
    /// How all pictures are recovered, not yet keyed by one.
    var options: RecoveryOptions

    /// Whether the caller leaves the choice of the method, and so how it samples.
    let isUsual: Bool

    private let keys: UnsafePointer<UInt64>?
    private let watcher: Watcher

    /// Checks what a caller says.
    ///
    /// - Parameter sampling: What C was given; `nil` for the defaults.
    /// - Throws: A ``Failure`` if a number is outside its range, or there is no such method.
    init(_ sampling: tessera_sampling?) throws(Failure) {
        let sampling = sampling ?? tessera_sampling()
        var options = RecoveryOptions()
        if let method = try choice(sampling.method, "method", of: RecoveryMethod.all) {
            options = RecoveryOptions(method: method)
        }
        options.seed = sampling.seed
        let steps = try checked(sampling.step_count, "step_count", in: 0 ... 10_000)
        let innerSteps = try checked(
            sampling.inner_step_count, "inner_step_count", in: 0 ... 10_000)
        if steps > 0 { options.stepCount = steps }
        if innerSteps > 0 { options.innerStepCount = innerSteps }
        self.options = options
        isUsual = sampling.method == nil && steps == 0 && innerSteps == 0
        keys = sampling.keys
        watcher = Watcher(sampling.step, sampling.context)
    }

    /// Works on pictures one after the other, telling of each step.
    ///
    /// - Parameters:
    ///   - count: The number of pictures.
    ///   - run: Begins the work on a picture.
    ///   - write: Takes what it led to.
    /// - Throws: A ``Failure`` if the caller stops the call, or what comes of a picture is none.
    func forEach<Outcome>(
        _ count: Int, run: (Int, RecoveryOptions) -> SamplingRun<Image, Outcome>,
        write: (Outcome, Int) throws(Failure) -> Void
    ) throws(Failure) {
        for index in 0 ..< count {
            var options = options
            options.key = keys?[index] ?? 0
            let run = run(index, options)
            while let progress = run.next() {
                try watcher.tell(
                    index * progress.stepCount + progress.step, of: count * progress.stepCount)
            }
            try write(run.result(), index)
        }
    }
}

/// Looks up a value that a caller of C names; `nil` for a null name.
///
/// - Throws: A ``Failure`` that lists the names if there is no such value.
func choice<Choice: NamedChoice>(
    _ name: UnsafePointer<CChar>?, _ parameter: String, of all: [Choice]
) throws(Failure) -> Choice? {
    guard let name = name.map({ String(cString: $0) }) else { return nil }
    return try choice(name, parameter, of: all.map { ($0.name, $0) })
}

/// Looks up a case of an enumeration that a caller of C names; `nil` for a null name.
///
/// - Throws: A ``Failure`` that lists the names if there is no such case.
func choice<Choice: RawRepresentable>(
    _ name: UnsafePointer<CChar>?, _ parameter: String, of all: [Choice]
) throws(Failure) -> Choice? where Choice.RawValue == String {
    guard let name = name.map({ String(cString: $0) }) else { return nil }
    return try choice(name, parameter, of: all.map { ($0.rawValue, $0) })
}

private func choice<Choice>(
    _ name: String, _ parameter: String, of all: [(name: String, value: Choice)]
) throws(Failure) -> Choice {
    if let found = all.first(where: { $0.name == name }) { return found.value }
    let names = all.map(\.name).joined(separator: ", ")
    throw .argument("'\(parameter)' is '\(name)', but must be one of \(names)")
}
