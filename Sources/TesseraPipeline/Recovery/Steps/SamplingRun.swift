public import TesseraImage

/// Sampling on its way: a sequence of steps that ends where the caller stops, and then a result.
///
///     let recovery = model.inpaint(photo, hole: hole)
///     for step in recovery {
///         print("step \(step.step) of \(step.stepCount)")
///     }
///     let whole = recovery.result().image
///
/// A step is computed when it is asked for, and nothing in between, so leaving the loop ends the work.
/// A run goes through its steps once: another loop, or ``result()``, goes on where the last one left.
///
/// **Edge cases:** a result that takes no sampling, such as that of a mask without a hole, has no steps.
public final class SamplingRun<Preview, Outcome>: Sequence, IteratorProtocol {
    private let begin: () -> any SamplingSteps<Preview, Outcome>
    private var steps: (any SamplingSteps<Preview, Outcome>)?
    private var outcome: Outcome?

    /// Plans a run.
    ///
    /// - Parameter begin: Makes the steps when the first is asked for.
    init(_ begin: @escaping () -> any SamplingSteps<Preview, Outcome>) {
        self.begin = begin
    }

    /// Takes the next step.
    ///
    /// - Returns: How far the run is after it, or `nil` if there was none left.
    public func next() -> SamplingProgress<Preview>? {
        guard outcome == nil else { return nil }
        if steps == nil { steps = begin() }
        if let progress = steps?.next() { return progress }
        outcome = steps?.result()
        steps = nil
        return nil
    }

    /// Takes all steps that are left.
    ///
    /// - Returns: What they led to.
    public func result() -> Outcome {
        while true {
            if let outcome { return outcome }
            _ = next()
        }
    }
}

extension SamplingRun: SamplingSteps {}

/// The recovery of an image from a measurement of it.
public typealias Recovery = SamplingRun<Image, Recovered<Image>>
