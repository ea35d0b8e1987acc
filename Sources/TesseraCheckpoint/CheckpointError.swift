public import TesseraJSON
public import TesseraFiles

/// Why a checkpoint could not be read or written; `path` names the file or the folder.
public enum CheckpointError: Error, Equatable, Sendable {
    /// The system refused.
    case file(FileError)

    /// A file that should hold JSON does not.
    case json(path: String, JSONError)

    /// A file breaks the rules of safetensors.
    case safetensors(path: String, SafetensorsFault)

    /// A tensor is not what a reader or a writer asked for.
    case tensor(path: String, name: String, TensorFault)

    /// A model folder says what cannot be, or does not say what it must.
    case model(path: String, ModelFault)
}

extension CheckpointError: CustomStringConvertible {
    /// One sentence, without a final period, with the file in front.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .json(let path, let error): "\(path): \(error)"
        case .safetensors(let path, let fault): "\(path): \(fault)"
        case .tensor(let path, let name, let fault): "\(path): tensor '\(name)' \(fault)"
        case .model(let path, let fault): "\(path): \(fault)"
        }
    }
}

extension CheckpointError {
    /// Whether the disk is full, out of quota, read-only or broken, so that further files fail too.
    public var isStorageFault: Bool {
        if case .file(let error) = self { error.isStorageFault } else { false }
    }
}

/// How a tensor differs from what was asked for.
public enum TensorFault: Error, Equatable, Sendable {
    /// No tensor of that name is in the file.
    case missing(tensorCount: Int)

    /// The shape is another one.
    case shape(found: [Int], expected: [Int])

    /// The type of the elements is another one.
    case scalarType(found: ScalarType, expected: [ScalarType])

    /// An element is infinite or not a number.
    case notFinite(index: Int, value: Float)

    /// A scale of a group of packed weights is none.
    case groupScale(index: Int, value: Int)

    /// The format of packed weights is none that is known.
    case format(found: String, known: [String])

    /// An element cannot be stored in the type that was chosen.
    case range(value: Float, scalarType: ScalarType)
}

extension TensorFault: CustomStringConvertible {
    /// One sentence, without a final period.
    public var description: String {
        switch self {
        case .missing(let count):
            return "is missing among the \(count) of this file, but the model needs it"
        case .shape(let found, let expected):
            return "has shape \(found), but the model needs \(expected)"
        case .scalarType(let found, let expected):
            let names = expected.map(\.rawValue).joined(separator: ", ")
            return "has elements of type \(found.rawValue), but one of \(names) is needed"
        case .notFinite(let index, let value):
            return "holds \(value) at element \(index), but weights are finite; the training may "
                + "have diverged"
        case .groupScale(let index, let value):
            return "holds \(value) at element \(index), but group scales are from 1 to 16"
        case .format(let found, let known):
            return "is packed as '\(found)', but this version of tessera knows "
                + known.joined(separator: ", ")
        case .range(let value, let type):
            return "holds \(value), which \(type.rawValue) cannot store; choose F32"
        }
    }
}
