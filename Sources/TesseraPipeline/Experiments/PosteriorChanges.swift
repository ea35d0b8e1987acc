import TesseraCheckpoint
import TesseraPosterior
import TesseraSampler

/// Settings of anchored posterior sampling that differ from the method's own: an ablation.
public struct PosteriorChanges: Hashable, Sendable {
    /// How much of the last step's tilt a step starts with.
    public var warmStart: Double?

    /// The weight of the prior beside the measurement.
    public var priorWeight: Double?

    /// What multiplies the noise on confidences.
    public var choiceTemperature: Double?

    /// Whether the entropy of a slot says how hard its latent is.
    public var usesEntropyGate: Bool?

    /// Whether gradient steps end where noise alone would leave the loss.
    public var stopsAtNoise: Bool?

    /// The part of the settled slots that each step settles again.
    public var revisitedPart: Double?

    /// How often the prior looks at all positions.
    public var cacheInterval: Int?

    /// The name of the schedule: how many slots stay masked as sampling goes on.
    public var schedule: String?

    /// Changes nothing.
    public init() {}

    /// The names of the settings in recipes and rows.
    static let keys = [
        "warmStart", "priorWeight", "choiceTemperature", "entropyGate", "noiseStop", "revisit",
        "refresh", "schedule",
    ]

    /// Every combination of a method's lists.
    ///
    /// - Parameter reader: The method in the recipe.
    /// - Returns: The combinations in the order of the lists; one without changes if there are none.
    /// - Throws: ``RecipeFault`` that names the key.
    static func all(_ reader: RecipeObject) throws(RecipeFault) -> [PosteriorChanges] {
        let warmStarts = try reader.numbers("warmStart", atLeast: 0)
        let priorWeights = try reader.numbers("priorWeight", atLeast: 0)
        let temperatures = try reader.numbers("choiceTemperature", atLeast: 0)
        let gates = try reader.flags("entropyGate")
        let stops = try reader.flags("noiseStop")
        let revisits = try reader.numbers("revisit", atLeast: 0, atMost: 1)
        let intervals = try reader.counts("refresh", atLeast: 1)
        let schedules = try reader.texts("schedule")
        let known = MaskSchedule.all.map(\.name)
        for name in schedules ?? [] where !known.contains(name) {
            throw .unknownWord(
                key: reader.path(of: "schedule"), found: name, nearest: known.nearest(to: name))
        }
        var all = [PosteriorChanges()]
        func multiply<Value>(_ key: WritableKeyPath<PosteriorChanges, Value?>, _ values: [Value]?) {
            guard let values else { return }
            all = all.flatMap { changes in
                values.map {
                    var changed = changes
                    changed[keyPath: key] = $0
                    return changed
                }
            }
        }
        multiply(\.warmStart, warmStarts)
        multiply(\.priorWeight, priorWeights)
        multiply(\.choiceTemperature, temperatures)
        multiply(\.usesEntropyGate, gates)
        multiply(\.stopsAtNoise, stops)
        multiply(\.revisitedPart, revisits)
        multiply(\.cacheInterval, intervals)
        multiply(\.schedule, schedules)
        return all
    }

    /// Makes the changes, but for that of the prior.
    func apply(to configuration: inout PosteriorConfiguration) {
        if let warmStart { configuration.warmStart = Float(warmStart) }
        if let priorWeight { configuration.priorWeight.middle = Float(priorWeight) }
        if let choiceTemperature { configuration.choiceTemperature = Float(choiceTemperature) }
        if let usesEntropyGate { configuration.usesEntropyGate = usesEntropyGate }
        if let stopsAtNoise { configuration.stopsAtNoise = stopsAtNoise }
        if let revisitedPart { configuration.revisitedPart = Float(revisitedPart) }
        for known in MaskSchedule.all where known.name == schedule {
            configuration.schedule = known
            configuration.measuredSchedule = known
        }
    }

    /// The settings that are changed, as a row says them.
    var facts: JSONObject {
        var facts = JSONObject()
        facts["warmStart"] = warmStart.map { .real($0) }
        facts["priorWeight"] = priorWeight.map { .real($0) }
        facts["choiceTemperature"] = choiceTemperature.map { .real($0) }
        facts["entropyGate"] = usesEntropyGate.map { .boolean($0) }
        facts["noiseStop"] = stopsAtNoise.map { .boolean($0) }
        facts["revisit"] = revisitedPart.map { .real($0) }
        facts["refresh"] = cacheInterval.map { .integer($0) }
        facts["schedule"] = schedule.map { .string($0) }
        return facts
    }
}
