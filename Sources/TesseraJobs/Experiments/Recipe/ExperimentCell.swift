import TesseraInverse
public import TesseraJSON
public import TesseraPipeline
import TesseraPosterior

/// One picture, degraded by one task and recovered by one method: one row of an experiment.
///
/// A cell's result depends on what it says and on nothing else, so cells may be done in any order and
/// on any day.
public struct ExperimentCell: Hashable, Sendable {
    /// The name or path of the model; `nil` for methods that ask none.
    public let model: String?

    /// What the picture is degraded by.
    public let task: ExperimentTask

    /// How it is recovered.
    public let variant: ExperimentVariant

    /// The seed of all random choices.
    public let seed: UInt64

    /// The name of the picture below its folder, which keys the random choices too.
    public let picture: String

    /// Whether the result is moved to where it explains the measurement.
    public let isProjected: Bool

    /// Plans a cell.
    ///
    /// - Parameters:
    ///   - model: The name or path of the model, or `nil`.
    ///   - task: What the picture is degraded by.
    ///   - variant: How it is recovered.
    ///   - seed: The seed of all random choices.
    ///   - picture: The name of the picture below its folder.
    ///   - isProjected: Whether results are moved, unless the variant says so itself.
    public init(
        model: String?, task: ExperimentTask, variant: ExperimentVariant, seed: UInt64,
        picture: String, isProjected: Bool
    ) {
        self.model = model
        self.task = task
        self.variant = variant
        self.seed = seed
        self.picture = picture
        self.isProjected = variant.isProjected ?? isProjected
    }

    /// The name for people: model, task, method and picture.
    public var name: String {
        [model, task.name, variant.name, picture].compactMap(\.self).joined(separator: " ")
    }

    /// How tokens are sampled.
    public var options: RecoveryOptions {
        var options = RecoveryOptions()
        options.stepCount = max(variant.stepCount, 1)
        options.innerStepCount = variant.innerStepCount
        options.startsFromEstimate = variant.startsFromEstimate
        options.settings = variant.settings
        if case .count(let interval)? = variant.settings[MethodParameter.cacheInterval.name] {
            options.cacheInterval = interval
        }
        options.isProjected = isProjected
        options.texture = variant.texture ?? options.texture
        options.look = variant.look
        options.seed = seed
        options.key = itemKey(picture)
        return options
    }

    /// Where the texture of holes comes from, as the row says.
    ///
    /// Rows of holes say it in any case: those from when holes had the model's texture only do not, and are not
    /// taken for rows of today. Other tasks have no holes, and their rows stay what they are.
    private var texture: HoleTexture? {
        guard variant.needsPrior, task.degradation.hasMask, task.noise == 0 else {
            return variant.texture
        }
        return variant.texture ?? RecoveryOptions().texture
    }

    /// What tells this cell from all others, as the first members of its row.
    ///
    /// - Parameter weights: The hash of the model's weights, so that rows of other weights do not count.
    /// - Returns: The members.
    public func identity(weights: String?) -> JSONObject {
        var object: JSONObject = [
            "picture": .string(picture), "task": .string(task.degradation.name),
            "noise": .real(task.noise),
            "method": .string(variant.method?.name ?? "other"),
            "label": .string(variant.series),
            "steps": .integer(variant.stepCount), "innerSteps": .integer(variant.innerStepCount),
            "seed": .integer(Int(truncatingIfNeeded: seed)),
            "projection": .boolean(isProjected),
        ]
        if let sampling = variant.method?.sampling {
            object["refresh"] = .integer(sampling.defaults.cacheInterval)
        }
        if let starts = variant.startsFromEstimate { object["guess"] = .boolean(starts) }
        if let kernel = task.kernel { object["kernel"] = .string(kernel) }
        if let texture { object["texture"] = .string(texture.rawValue) }
        if variant.look != .faithful { object["look"] = .string(variant.look.name) }
        for parameter in task.unusual.members { object[parameter.name] = parameter.value }
        for setting in variant.settingMetadata.members { object[setting.name] = setting.value }
        if let model { object["model"] = .string(model) }
        if let weights { object["weights"] = .string(weights) }
        return object
    }
}

extension ExperimentRecipe {
    /// All cells of an experiment, model by model.
    ///
    /// - Parameters:
    ///   - models: The names of the models, at least one.
    ///   - pictures: The names of the pictures.
    /// - Returns: The cells in the order of the report. Methods that ask no model come once, last.
    public func cells(models: [String], pictures: [String]) -> [ExperimentCell] {
        let placed: [(model: String?, variants: [ExperimentVariant])] =
            models.map { ($0, variants.filter(\.needsModel)) }
            + [(nil, variants.filter { !$0.needsModel })]
        return placed.flatMap { model, variants in
            experimentTasks.flatMap { task in
                variants.filter { $0.method?.applies(to: task.degradation) ?? false }.flatMap {
                    variant in
                    seeds.flatMap { seed in
                        pictures.map {
                            ExperimentCell(
                                model: model, task: task, variant: variant, seed: seed,
                                picture: $0, isProjected: isProjected)
                        }
                    }
                }
            }
        }
    }
}
