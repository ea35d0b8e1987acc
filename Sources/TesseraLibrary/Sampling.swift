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

    /// Recovers pictures one after the other, telling of each step.
    ///
    /// - Parameters:
    ///   - count: The number of pictures.
    ///   - recovery: Begins the recovery of a picture.
    ///   - write: Takes the recovered picture.
    /// - Throws: A ``Failure`` if the caller stops the call.
    func forEach(
        _ count: Int, recovery: (Int, RecoveryOptions) -> Recovery, write: (Image, Int) -> Void
    ) throws(Failure) {
        for index in 0 ..< count {
            var options = options
            options.key = keys?[index] ?? 0
            let recovery = recovery(index, options)
            while let progress = recovery.next() {
                try watcher.tell(
                    index * progress.stepCount + progress.step, of: count * progress.stepCount)
            }
            write(recovery.result().image, index)
        }
    }

    /// Works on pictures one after the other, telling after each.
    ///
    /// - Parameters:
    ///   - count: The number of pictures.
    ///   - work: Does what there is to do with a picture.
    /// - Throws: A ``Failure`` if the work fails or the caller stops the call.
    func forEachAlone(
        _ count: Int, work: (Int, RecoveryOptions) throws(Failure) -> Void
    ) throws(Failure) {
        for index in 0 ..< count {
            var options = options
            options.key = keys?[index] ?? 0
            try work(index, options)
            try watcher.tell(index + 1, of: count)
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
