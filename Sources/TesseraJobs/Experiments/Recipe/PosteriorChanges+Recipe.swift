import TesseraCheckpoint
import TesseraPipeline
import TesseraSampler

extension PosteriorChanges {
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

    /// The settings that are changed, as a row says them.
    var metadata: JSONObject {
        var metadata = JSONObject()
        metadata["warmStart"] = warmStart.map { .real($0) }
        metadata["priorWeight"] = priorWeight.map { .real($0) }
        metadata["choiceTemperature"] = choiceTemperature.map { .real($0) }
        metadata["entropyGate"] = usesEntropyGate.map { .boolean($0) }
        metadata["noiseStop"] = stopsAtNoise.map { .boolean($0) }
        metadata["revisit"] = revisitedPart.map { .real($0) }
        metadata["refresh"] = cacheInterval.map { .integer($0) }
        metadata["schedule"] = schedule.map { .string($0) }
        return metadata
    }
}
