import TesseraInverse
import TesseraJSON
import TesseraPipeline

extension ExperimentTask {
    private static let keys = [
        "task", "noise", "boxSide", "boxPlace", "quality", "deviation", "missing",
    ]

    /// The side of the Gaussian kernels that a deviation makes, as papers have it.
    private static let kernelSide = 61

    /// Reads a task of a recipe: every combination of its lists.
    ///
    /// - Parameters:
    ///   - object: The keys and values of the task.
    ///   - noises: The noises of tasks that say none.
    ///   - kernel: The file of the kernel of tasks that need one.
    /// - Returns: The tasks, in the order of the lists.
    /// - Throws: ``RecipeFault`` that names the key.
    static func all(
        _ object: JSONObject, noises: [Double], kernel: String?
    ) throws(RecipeFault) -> [ExperimentTask] {
        let reader = try RecipeObject(object, path: "tasks.", keys: keys)
        let noises = try reader.numbers("noise", atLeast: 0) ?? noises
        return try degradations(object, reader).flatMap {
            all(of: $0, noises: noises, kernel: kernel)
        }
    }

    /// A degradation with every noise.
    static func all(
        of degradation: Degradation, noises: [Double], kernel: String?
    ) -> [ExperimentTask] {
        noises.map {
            ExperimentTask(
                degradation: degradation, noise: $0,
                kernel: degradation.required.contains(.kernel) ? kernel : nil)
        }
    }

    /// The degradations of a task without noise.
    private static func degradations(
        _ object: JSONObject, _ reader: RecipeObject
    ) throws(RecipeFault) -> [Degradation] {
        guard let name = try reader.text("task") else { throw .missingKey("tasks.task") }
        let degradation: Degradation = try reader.choice(name, of: "task")
        func check(_ key: String, is parameter: DegradationParameter) throws(RecipeFault) {
            // What must be given a kernel has none that a deviation could change.
            func isOwner(_ degradation: Degradation) -> Bool {
                degradation.accepted.contains(parameter)
                    && !degradation.required.contains(parameter)
            }
            guard object[key] != nil, !isOwner(degradation) else { return }
            throw .foreignParameter(
                key: reader.path(of: key), owners: Degradation.all.filter(isOwner).map(\.name),
                task: name)
        }
        try check("boxSide", is: .boxSide)
        try check("boxPlace", is: .boxPlace)
        try check("quality", is: .quality)
        try check("deviation", is: .kernel)
        try check("missing", is: .missing)
        let usual = degradation.parameters
        let sides = try reader.counts("boxSide", atLeast: 1) ?? [usual.boxSide]
        let qualities = try reader.counts("quality", atLeast: 1) ?? [usual.quality]
        if let large = qualities.first(where: { $0 > 100 }) {
            throw .tooLarge(key: reader.path(of: "quality"), found: large, most: 100)
        }
        let missing = try reader.numbers("missing", atLeast: 0, atMost: 1) ?? [usual.missing]
        let kernels = try reader.numbers("deviation", atLeast: 0.1).map { deviations in
            deviations.map { BlurKernel.gaussian(side: kernelSide, deviation: $0) }
        }
        var places: [BoxPlace] = []
        for word in try reader.texts("boxPlace") ?? [usual.boxPlace.rawValue] {
            guard let place = BoxPlace(rawValue: word) else {
                throw .unknownWord(
                    key: reader.path(of: "boxPlace"), found: word,
                    nearest: BoxPlace.allCases.map(\.rawValue).nearest(to: word))
            }
            places.append(place)
        }
        var all = [degradation]
        func multiply<Value>(
            _ parameter: WritableKeyPath<DegradationParameters, Value>, by values: [Value]
        ) {
            all = all.flatMap { degradation in
                values.map { value in
                    var degradation = degradation
                    degradation.parameters[keyPath: parameter] = value
                    return degradation
                }
            }
        }
        multiply(\.boxSide, by: sides)
        multiply(\.boxPlace, by: places)
        multiply(\.quality, by: qualities)
        multiply(\.missing, by: missing)
        multiply(\.kernel, by: kernels ?? [usual.kernel])
        return all
    }
}
