public import CTesseraLibrary
import TesseraCheckpoint
import TesseraPipeline
import TesseraSampler
import TesseraTensor
import TesseraTokens

// The function of tessera.h that draws pictures. What it promises is written there.

/// Draws pictures.
@_cdecl("tessera_generate")
public func drawPictures(
    _ pointer: OpaquePointer?, _ pictures: UnsafePointer<tessera_pictures>?,
    _ options: UnsafePointer<tessera_generation>?
) -> tessera_status {
    reporting { () throws(Failure) in
        let model = try opened(pointer).needed("model")
        let options = options?.pointee ?? tessera_generation()
        let batch = try PictureBatch(pictures)
        let configuration = try options.configuration()
        let whole = try loading { () throws(CheckpointError) in try model.withPrior() }
        let condition = try options.condition(in: whole)
        let watcher = Watcher(options.step, options.context)
        for index in 0 ..< batch.count {
            let key = options.keys?[index] ?? UInt64(index)
            let generation = whole.generate(
                height: batch.height, width: batch.width, condition: condition,
                configuration: configuration, random: RandomSource(seed: options.seed, key: key))
            while let progress = generation.next() {
                try watcher.tell(
                    index * progress.stepCount + progress.step,
                    of: batch.count * progress.stepCount)
            }
            batch.write(generation.result(), to: index)
        }
    }
}

extension tessera_generation {
    /// How the grids are filled.
    fileprivate func configuration() throws(Failure) -> SamplerConfiguration {
        var configuration = SamplerConfiguration()
        let steps = try checked(step_count, "step_count", in: 0 ... 10_000)
        if steps > 0 { configuration.stepCount = steps }
        if let order = try choice(order, "order", of: UnmaskingOrder.allCases) {
            configuration.order = order
        }
        if let schedule = try choice(schedule, "schedule", of: MaskSchedule.all) {
            configuration.schedule = schedule
        }
        if let value = try checked(temperature, "temperature", in: 0 ... .infinity) {
            configuration.softmaxTemperature = value
        }
        if let value = try checked(choice_temperature, "choice_temperature", in: 0 ... .infinity) {
            configuration.choiceTemperature = value
        }
        if let value = try checked(top_p, "top_p", in: Float.leastNonzeroMagnitude ... 1) {
            configuration.topP = value
        }
        if let value = try checked(guidance, "guidance", in: 0 ... 100) {
            configuration.guidanceScale = value
        }
        return configuration
    }

    /// What the prior is told.
    fileprivate func condition(in model: Model) throws(Failure) -> Condition {
        guard let label = label.map({ String(cString: $0) }) else {
            guard guidance == nil else {
                throw .argument("'guidance' needs a 'label' to follow")
            }
            return .none
        }
        let labels = model.prior?.labels ?? []
        if let index = labels.firstIndex(of: label) { return .label(index) }
        let choice = labels.isEmpty ? "it has none" : "it has \(labels.joined(separator: ", "))"
        throw .argument("the model '\(model.name)' has no label '\(label)'; \(choice)")
    }
}

/// Checks a number that may be left out.
private func checked(
    _ pointer: UnsafePointer<Float>?, _ name: String, in range: ClosedRange<Float>
) throws(Failure) -> Float? {
    guard let value = pointer?.pointee else { return nil }
    guard value.isFinite, range.contains(value) else {
        let least = range.lowerBound == 0 ? "from 0" : "above 0"
        let most = range.upperBound.isFinite ? "to \(range.upperBound)" : "up"
        throw .argument("'\(name)' is \(value), but must be \(least) \(most)")
    }
    return value
}
