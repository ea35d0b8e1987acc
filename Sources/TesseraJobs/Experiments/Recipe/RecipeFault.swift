import TesseraPipeline

/// Why an experiment's recipe is not one.
public enum RecipeFault: Error, Hashable, Sendable {
    /// A key that is not known, and the known one that is spelled most like it.
    case unknownKey(String, nearest: String)

    /// A key that must be there.
    case missingKey(String)

    /// A value of the wrong kind.
    case kind(key: String, expected: String)

    /// A number that is too small.
    case tooSmall(key: String, found: Int, least: Int)

    /// A number that is too large.
    case tooLarge(key: String, found: Int, most: Int)

    /// A word that is none of those that a key takes.
    case unknownWord(key: String, found: String, nearest: String)

    /// A task whose blur has no kernel of its own.
    case kernelNeeded(task: String)

    /// A kernel that no task of the recipe asks for, and the tasks that do.
    case kernelUnused(tasks: [String])

    /// A setting of other methods.
    case foreignSetting(key: String, owners: [String], method: String)

    /// A parameter of other tasks.
    case foreignParameter(key: String, owners: [String], task: String)

    /// Two methods that tables could not tell apart.
    case sameName(String)

    /// A method that sets decodes as a whole and in parts.
    case budgetAndSteps(key: String)

    /// A recipe of which nothing remains to be done, since no method applies to any task.
    case empty
}

extension RecipeFault: CustomStringConvertible {
    /// One sentence, without a final period, that names the key, the fact and the remedy.
    public var description: String {
        switch self {
        case .unknownKey(let key, let nearest):
            "the recipe has a key '\(key)', which is not known; the nearest is '\(nearest)'"
        case .missingKey(let key): "the recipe lacks the key '\(key)'"
        case .kind(let key, let expected): "'\(key)' of the recipe must be \(expected)"
        case .tooSmall(let key, let found, let least):
            "'\(key)' of the recipe is \(found), but must be at least \(least)"
        case .tooLarge(let key, let found, let most):
            "'\(key)' of the recipe is \(found), but must be at most \(most)"
        case .unknownWord(let key, let found, let nearest):
            "'\(key)' of the recipe has '\(found)', which is not known; the nearest is '\(nearest)'"
        case .kernelNeeded(let task):
            "the task '\(task)' of the recipe needs the key 'kernel'; add it, such as "
                + "Samples/Kernels/motion-1.png"
        case .kernelUnused(let tasks):
            "the recipe has a 'kernel', but no task '\(tasks.joined(separator: "' or '"))'; "
                + "leave it out or add the task"
        case .foreignSetting(let key, let owners, let method):
            "'\(key)' of the recipe is a setting of \(owners.joined(separator: " and ")), but the method is "
                + "'\(method)'; leave it out"
        case .foreignParameter(let key, let owners, let task):
            "'\(key)' of the recipe is a parameter of \(owners.joined(separator: " and ")), but the task is "
                + "'\(task)'; leave it out"
        case .sameName(let name):
            "two methods of the recipe have the name '\(name)'; add a 'label' to one of them"
        case .budgetAndSteps(let key):
            "'\(key)' of the recipe has a budget, which sets steps and innerSteps; "
                + "leave it or them out"
        case .empty: "no method of the recipe can do any of its tasks; add a method or a task"
        }
    }
}
