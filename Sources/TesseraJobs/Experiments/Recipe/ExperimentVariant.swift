import TesseraJSON
public import TesseraPipeline
public import TesseraPosterior

/// A method with its settings: one line of an experiment's table.
public struct ExperimentVariant: Hashable, Sendable {
    /// The name of the line in plots: what the recipe calls the method.
    public let series: String

    /// How pictures are recovered; `nil` for what another program made of the measurements.
    public let method: TrialMethod?

    /// The number of steps; 0 for methods that do not sample.
    public let stepCount: Int

    /// The number of decodes within a step.
    public let innerStepCount: Int

    /// Whether sampling starts from an initial estimate; `nil` for the method's own habit.
    public let startsFromEstimate: Bool?

    /// Whether results are moved to where they explain the measurement; `nil` for the recipe's word.
    public let isProjected: Bool?

    /// Settings of the method's own parameters, by their names.
    public let settings: [String: MethodSetting]

    /// Where the texture of filled holes comes from; `nil` for the usual.
    public let texture: HoleTexture?

    /// Whether a denoiser is asked.
    public let needsDenoiser: Bool

    /// How images look that a denoiser restores.
    public let look: Look

    /// The settings that tell variants of one entry of the recipe apart.
    private let shown: [String]

    /// The name in tables, which tells variants of a series apart.
    public var name: String {
        var words = [series]
        if stepCount > 0 {
            words.append(innerStepCount > 0 ? "\(stepCount)x\(innerStepCount)" : "\(stepCount)")
        }
        var metadata = settingMetadata
        metadata["texture"] = texture.map { .string($0.rawValue) }
        metadata["look"] = .string(look.name)
        for key in shown {
            if case .string(let word)? = metadata[key] {
                words.append("\(key) \(word)")
            } else {
                words.append("\(key) \(metadata[key]?.compactText ?? "")")
            }
        }
        return words.joined(separator: " ")
    }

    /// The settings as a row says them.
    var settingMetadata: JSONObject { method?.sampling?.metadata(of: settings) ?? [:] }

    /// The decodes of a picture that is one window; Gibbs walks may need fewer.
    public var decodeCount: Int { stepCount * innerStepCount }

    /// Whether a tokenizer is asked.
    public var needsModel: Bool { method?.needsModel ?? false }

    /// Whether a prior is asked.
    public var needsPrior: Bool { method?.needsPrior ?? false }

    /// Names what another program made.
    ///
    /// - Parameter otherProgram: The name in tables.
    public init(otherProgram: String) {
        self.init(series: otherProgram, method: nil, stepCount: 0, innerStepCount: 0)
    }

    private init(
        series: String, method: TrialMethod?, stepCount: Int, innerStepCount: Int,
        startsFromEstimate: Bool? = nil, isProjected: Bool? = nil,
        settings: [String: MethodSetting] = [:], texture: HoleTexture? = nil,
        asksDenoiser: Bool = false, look: Look = .faithful, shown: [String] = []
    ) {
        self.series = series
        self.method = method
        self.stepCount = stepCount
        self.innerStepCount = innerStepCount
        self.startsFromEstimate = startsFromEstimate
        self.isProjected = isProjected
        self.settings = settings
        self.texture = texture
        self.look = look
        needsDenoiser = method.map { $0.needsDenoiser || $0.needsPrior && asksDenoiser } ?? false
        self.shown = shown
    }

    private static let keys =
        [
            "method", "label", "budget", "steps", "innerSteps", "guess", "projection", "texture",
            "denoiser", "look",
        ]
        + RecoveryMethod.allParameters.map(\.name)

    /// Reads a method of a recipe: every combination of its lists.
    ///
    /// - Parameters:
    ///   - object: The keys and values of the method.
    ///   - budgets: The budgets of methods that set nothing themselves.
    /// - Returns: The variants, in the order of the lists.
    /// - Throws: ``RecipeFault`` that names the key.
    static func all(
        _ object: JSONObject, budgets: [Int]
    ) throws(RecipeFault) -> [ExperimentVariant] {
        let reader = try RecipeObject(object, path: "methods.", keys: keys)
        guard let name = try reader.text("method") else { throw .missingKey("methods.method") }
        let method: TrialMethod = try reader.choice(name, of: "method")
        let label = try reader.text("label")
        let guess = try reader.flag("guess")
        let projection = try reader.flag("projection")
        let asksDenoiser = try reader.flag("denoiser")
        if asksDenoiser != nil && !method.needsPrior {
            throw .foreignSetting(
                key: reader.path(of: "denoiser"), owners: ["methods that sample"], method: name)
        }
        let parameters = RecoveryMethod.allParameters.filter { object[$0.name] != nil }
        let own = method.sampling?.parameters ?? []
        if let foreign = parameters.first(where: { !own.contains($0) }) {
            throw .foreignSetting(
                key: reader.path(of: foreign.name),
                owners: RecoveryMethod.all.filter { $0.parameters.contains(foreign) }.map(\.name),
                method: name)
        }
        let textures = try textures(of: method, reader)
        let looks = try looks(of: method, reader)
        let combinations = (try method.sampling?.settings(reader) ?? [[:]]).flatMap { settings in
            (textures ?? [nil]).flatMap { texture in
                (looks ?? [.faithful]).map { (settings: settings, texture: texture, look: $0) }
            }
        }
        // One value of a method with a label needs no telling.
        let names =
            parameters.map(\.name) + (textures == nil ? [] : ["texture"])
            + (looks == nil ? [] : ["look"])
        let shown = label == nil || combinations.count > 1 ? names : []
        return try counts(of: method, reader, budgets: budgets).flatMap { count in
            combinations.map {
                ExperimentVariant(
                    series: label ?? name, method: method, stepCount: count.steps,
                    innerStepCount: count.inner, startsFromEstimate: guess, isProjected: projection,
                    settings: $0.settings, texture: $0.texture,
                    asksDenoiser: asksDenoiser ?? false, look: $0.look, shown: shown)
            }
        }
    }

    /// Where the texture of filled holes comes from, one value or a list; `nil` if nothing is said.
    private static func textures(
        of method: TrialMethod, _ reader: RecipeObject
    ) throws(RecipeFault) -> [HoleTexture?]? {
        guard let words = try reader.texts("texture") else { return nil }
        guard method.needsPrior else {
            throw .foreignSetting(
                key: reader.path(of: "texture"), owners: ["methods that sample"],
                method: method.name)
        }
        let known = HoleTexture.allCases.map(\.rawValue)
        var textures: [HoleTexture?] = []
        for word in words {
            guard let texture = HoleTexture(rawValue: word) else {
                throw .unknownWord(
                    key: reader.path(of: "texture"), found: word, nearest: known.nearest(to: word))
            }
            textures.append(texture)
        }
        return textures
    }

    /// How restored images look, one look or a list; `nil` if nothing is said.
    private static func looks(
        of method: TrialMethod, _ reader: RecipeObject
    ) throws(RecipeFault) -> [Look]? {
        guard let words = try reader.texts("look") else { return nil }
        guard method.needsDenoiser else {
            throw .foreignSetting(
                key: reader.path(of: "look"), owners: [TrialMethod.pixels.name],
                method: method.name)
        }
        var looks: [Look] = []
        for word in words {
            guard let look = Look(word) else {
                throw .unknownWord(
                    key: reader.path(of: "look"), found: word,
                    nearest: Look.named.map(\.name).nearest(to: word))
            }
            looks.append(look)
        }
        return looks
    }

    /// The numbers of steps and of decodes within each: every combination of the lists.
    private static func counts(
        of method: TrialMethod, _ reader: RecipeObject, budgets: [Int]
    ) throws(RecipeFault) -> [(steps: Int, inner: Int)] {
        let own = try reader.counts("budget", atLeast: 1)
        let steps = try reader.counts("steps", atLeast: 1)
        let inner = try reader.counts("innerSteps", atLeast: 0)
        if own != nil && (steps != nil || inner != nil) {
            throw .budgetAndSteps(key: "methods")
        }
        guard let sampling = method.sampling else { return [(0, 0)] }
        let usual = sampling.counts(forBudget: RecoveryOptions.usualBudget)
        guard sampling.asksMeasurement else { return (steps ?? [usual.steps]).map { ($0, 0) } }
        if steps == nil && inner == nil {
            return (own ?? budgets).map { sampling.counts(forBudget: $0) }
        }
        return (steps ?? [usual.steps]).flatMap { steps in
            (inner ?? [usual.inner]).map { (steps, $0) }
        }
    }
}
