import TesseraInverse
import TesseraJSON
import TesseraPipeline

extension Degradation {
    private static let keys = ["task", "boxSide", "boxPlace"]

    /// Reads a task of a recipe: every combination of its lists.
    ///
    /// - Parameter object: The keys and values of the task.
    /// - Returns: The degradations, in the order of the lists.
    /// - Throws: ``RecipeFault`` that names the key.
    static func all(_ object: JSONObject) throws(RecipeFault) -> [Degradation] {
        let reader = try RecipeObject(object, path: "tasks.", keys: keys)
        guard let name = try reader.text("task") else { throw .missingKey("tasks.task") }
        let degradation: Degradation = try reader.choice(name, of: "task")
        func check(_ key: String, is parameter: DegradationParameter) throws(RecipeFault) {
            guard object[key] != nil, !degradation.accepted.contains(parameter) else { return }
            throw .foreignParameter(
                key: reader.path(of: key),
                owners: Degradation.all.filter { $0.accepted.contains(parameter) }.map(\.name),
                task: name)
        }
        try check("boxSide", is: .boxSide)
        try check("boxPlace", is: .boxPlace)
        let usual = degradation.parameters
        let sides = try reader.counts("boxSide", atLeast: 1) ?? [usual.boxSide]
        var places: [BoxPlace] = []
        for word in try reader.texts("boxPlace") ?? [usual.boxPlace.rawValue] {
            guard let place = BoxPlace(rawValue: word) else {
                throw .unknownWord(
                    key: reader.path(of: "boxPlace"), found: word,
                    nearest: BoxPlace.allCases.map(\.rawValue).nearest(to: word))
            }
            places.append(place)
        }
        return sides.flatMap { side in
            places.map { place in
                var degradation = degradation
                degradation.parameters.boxSide = side
                degradation.parameters.boxPlace = place
                return degradation
            }
        }
    }
}
