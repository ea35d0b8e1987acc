import TesseraInverse
public import TesseraJSON
import TesseraPipeline
import TesseraPosterior

/// What an experiment asks: which methods, on which tasks, with which models and budgets.
///
/// A recipe is read from YAML or JSON with these keys; those with *list* take one value or several:
///
/// | key | meaning |
/// |---|---|
/// | `tasks` | list of tasks, as `tessera evaluate --task` names them, or of objects with the keys below |
/// | `methods` | list of methods by name, or of objects with the keys below |
/// | `models` | list of models; the best one that ships unless given |
/// | `pictures` | list of files and folders; the command line's unless given |
/// | `limit` | take only the first pictures |
/// | `noise` | list of standard deviations of Gaussian noise, in units of [-1, 1]; 0 unless given |
/// | `kernel` | the file of the kernel of `deblur-motion` |
/// | `seeds` | list of seeds; 0 unless given |
/// | `budget` | list of decodes for methods that set none; 36 unless given |
/// | `projection` | whether results are moved to where they explain the measurement; true unless given |
/// | `sheet` | the number of pictures on contact sheets; 4 unless given, 0 for none |
///
/// A task has `task`, and may have (lists): `noise` of its own; `inpaint-box`: `boxSide`, the side of its square in
/// pixels, and `boxPlace`, `middle` or `random`; `inpaint-random`: `missing`, the part of the pixels; `jpeg`:
/// `quality`; `deblur-gaussian` and `deblur-nonlinear`: `deviation`, the Gaussian's in pixels, 0.1 or more.
///
/// A method has `method`, and may have `label`, `budget` or `steps` and `innerSteps` (lists), `guess`,
/// whether it starts from an initial estimate, and a `projection` of its own. For ablations it takes
/// its ``RecoveryMethod/parameters`` (lists), such as `warmStart` and `schedule` of `aps`. Lists multiply.
public struct ExperimentRecipe: Sendable {
    /// The models by name or path; empty for the best one that ships.
    public var models: [String]

    /// What the pictures are degraded by: every degradation with every noise.
    public var experimentTasks: [ExperimentTask]

    /// The file of the kernel of motion blurs.
    public var kernel: String?

    /// How they are recovered.
    public var variants: [ExperimentVariant]

    /// The files and folders of the pictures.
    public var pictures: [String]

    /// Take only so many pictures.
    public var limit: Int?

    /// The seeds of all random choices; each is a run of its own.
    public var seeds: [UInt64]

    /// Whether results are moved to where they explain the measurement.
    public var isProjected: Bool

    /// The number of pictures on contact sheets.
    public var contactSheetCount: Int

    private static let keys = [
        "tasks", "methods", "models", "pictures", "limit", "noise", "kernel", "seeds", "budget",
        "projection", "sheet",
    ]

    /// Reads a recipe.
    ///
    /// - Parameter object: Its keys and values.
    /// - Throws: ``RecipeFault`` that names the key.
    public init(_ object: JSONObject) throws(RecipeFault) {
        let root = try RecipeObject(object, keys: Self.keys)
        let kernel = try root.text("kernel")
        self.kernel = kernel
        let noises = try root.numbers("noise", atLeast: 0) ?? [0]
        let found = try root.list("tasks", expected: "a list of tasks") {
            (value) throws(RecipeFault) -> [ExperimentTask]? in
            switch value {
            case .string(let name):
                ExperimentTask.all(
                    of: try root.choice(name, of: "tasks"), noises: noises, kernel: kernel)
            case .object(let object):
                try ExperimentTask.all(object, noises: noises, kernel: kernel)
            default: nil
            }
        }
        guard let tasks = found?.flatMap(\.self) else { throw .missingKey("tasks") }
        let needy = tasks.map(\.degradation).first { $0.required.contains(.kernel) }
        if let needy, kernel == nil { throw .kernelNeeded(task: needy.name) }
        if needy == nil && kernel != nil {
            throw .kernelUnused(
                tasks: Degradation.all.filter { $0.required.contains(.kernel) }.map(\.name))
        }
        let budgets = try root.counts("budget", atLeast: 1) ?? [RecoveryOptions.usualBudget]
        let variants = try root.list("methods", expected: "a list of methods") {
            (value) throws(RecipeFault) -> [ExperimentVariant]? in
            switch value {
            case .string(let name):
                try ExperimentVariant.all(["method": .string(name)], budgets: budgets)
            case .object(let object): try ExperimentVariant.all(object, budgets: budgets)
            default: nil
            }
        }
        guard let variants else { throw .missingKey("methods") }
        experimentTasks = tasks
        self.variants = variants.flatMap(\.self)
        var names: Set<String> = []
        for variant in self.variants where !names.insert(variant.name).inserted {
            throw .sameName(variant.name)
        }
        models = try root.texts("models") ?? []
        pictures = try root.texts("pictures") ?? []
        limit = try root.counts("limit", atLeast: 1)?.first
        seeds = (try root.counts("seeds", atLeast: 0) ?? [0]).map { UInt64($0) }
        isProjected = try root.flag("projection") ?? true
        contactSheetCount = try root.counts("sheet", atLeast: 0)?.first ?? 4
        guard
            tasks.contains(where: { task in
                self.variants.contains { $0.method?.applies(to: task.degradation) ?? false }
            })
        else { throw .empty }
    }
}
