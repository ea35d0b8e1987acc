import TesseraJSON
import TesseraPosterior

extension RecoveryMethod {
    /// Every parameter that some method has, each name once.
    static let allParameters = all.flatMap(\.parameters).reduce(into: [MethodParameter]()) {
        if !$0.contains($1) { $0.append($1) }
    }

    /// Every combination of the settings that a method of a recipe lists.
    ///
    /// - Parameter reader: The method in the recipe.
    /// - Returns: The combinations in the order of the lists; one without settings if there are none.
    /// - Throws: ``RecipeFault`` that names the key.
    func settings(
        _ reader: RecipeObject
    ) throws(RecipeFault) -> [[String: MethodSetting]] {
        var all: [[String: MethodSetting]] = [[:]]
        for parameter in parameters {
            guard let values = try parameter.values(reader) else { continue }
            all = all.flatMap { settings in
                values.map { settings.merging([parameter.name: $0]) { $1 } }
            }
        }
        return all
    }

    /// Settings as a row says them, in the order of the parameters.
    func metadata(of settings: [String: MethodSetting]) -> JSONObject {
        var metadata = JSONObject()
        for parameter in parameters { metadata[parameter.name] = settings[parameter.name]?.json }
        return metadata
    }
}

extension MethodParameter {
    /// The values that an object of a recipe lists for the parameter; `nil` if it has none.
    fileprivate func values(_ reader: RecipeObject) throws(RecipeFault) -> [MethodSetting]? {
        switch kind {
        case .number(let least, let most):
            return try reader.numbers(name, atLeast: least, atMost: most)?
                .map { .number($0) }
        case .count(let least):
            return try reader.counts(name, atLeast: least)?.map { .count($0) }
        case .flag:
            return try reader.flags(name)?.map { .flag($0) }
        case .word(let known):
            let words = try reader.texts(name)
            for word in words ?? [] where !known.contains(word) {
                throw .unknownWord(
                    key: reader.path(of: name), found: word, nearest: known.nearest(to: word))
            }
            return words?.map { .word($0) }
        }
    }
}

extension MethodSetting {
    /// The setting as a row says it.
    fileprivate var json: JSONValue {
        switch self {
        case .number(let value): .real(value)
        case .count(let value): .integer(value)
        case .flag(let value): .boolean(value)
        case .word(let value): .string(value)
        }
    }
}
