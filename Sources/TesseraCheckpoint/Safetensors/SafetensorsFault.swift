public import TesseraJSON

/// Which rule of the safetensors format a file breaks.
///
/// The rules are those of the reference implementation, and a few that it leaves out: names come
/// once, a description has no other keys, and the number of tensors is bounded.
public enum SafetensorsFault: Error, Equatable, Sendable {
    /// The file has no room for the length of its header.
    case tooShort(byteCount: Int)

    /// The header is longer than any reader accepts.
    case headerTooLong(byteCount: UInt64, limit: Int)

    /// The header would end after the end of the file.
    case headerPastEnd(byteCount: UInt64, available: Int)

    /// The header does not begin as an object does.
    case headerNotObject

    /// The header is not JSON.
    case header(JSONError)

    /// The header describes more tensors than are read.
    case tooManyTensors(count: Int, limit: Int)

    /// The metadata is not an object of texts.
    case metadataNotText(key: String?)

    /// A tensor is described by something else than an object.
    case notDescribed(tensor: String)

    /// A description lacks a key.
    case missingKey(String, tensor: String)

    /// A description has a key that the format does not know.
    case unknownKey(String, tensor: String)

    /// The type of the elements is unknown.
    case unknownScalarType(String, tensor: String)

    /// A shape is not a list of whole numbers from 0 up.
    case shapeNotCounts(tensor: String)

    /// The offsets are not two whole numbers from 0 up, the second not below the first.
    case offsetsNotRange(tensor: String)

    /// The shape has more elements than can be counted.
    case tooLarge(tensor: String, shape: [Int])

    /// The bytes of a tensor are not as many as its shape needs.
    case size(tensor: String, found: Int, expected: Int)

    /// Bytes before a tensor belong to none.
    case gap(tensor: String, from: Int, to: Int)

    /// Two tensors share bytes.
    case overlap(tensor: String, with: String)

    /// A tensor ends after the end of the file.
    case tensorPastEnd(tensor: String, end: Int, available: Int)

    /// Bytes after the last tensor belong to none.
    case trailingBytes(count: Int)
}

extension SafetensorsFault: CustomStringConvertible {
    /// One sentence, without a final period.
    public var description: String {
        switch self {
        case .tooShort(let count):
            return "the file has \(count) bytes, but safetensors begins with 8 bytes for the "
                + "length of the header"
        case .headerTooLong(let count, let limit):
            return "the header claims \(count) bytes, but at most \(limit) are read"
        case .headerPastEnd(let count, let available):
            return "the header claims \(count) bytes, but only \(available) follow; the file may "
                + "be truncated, or not be safetensors"
        case .headerNotObject:
            return "the header does not begin with '{'; the file may not be safetensors"
        case .header(let error):
            return "the header is not JSON: \(error)"
        case .tooManyTensors(let count, let limit):
            return "the header describes \(count) tensors, but at most \(limit) are read"
        case .metadataNotText(let key?):
            return "the metadata '\(key)' is not a text"
        case .metadataNotText(nil):
            return "'__metadata__' is not an object of texts"
        default:
            return tensorDescription
        }
    }

    private var tensorDescription: String {
        switch self {
        case .notDescribed(let tensor):
            return "tensor '\(tensor)' is not described by an object"
        case .missingKey(let key, let tensor):
            return "tensor '\(tensor)' has no '\(key)'"
        case .unknownKey(let key, let tensor):
            return "tensor '\(tensor)' has the unknown key '\(key)'"
        case .unknownScalarType(let type, let tensor):
            return "tensor '\(tensor)' has elements of type '\(type)', which safetensors does "
                + "not know"
        case .shapeNotCounts(let tensor):
            return "the shape of tensor '\(tensor)' is not a list of whole numbers from 0 up"
        case .offsetsNotRange(let tensor):
            return "the offsets of tensor '\(tensor)' are not a range of bytes"
        case .tooLarge(let tensor, let shape):
            return "tensor '\(tensor)' has shape \(shape), more elements than can be counted"
        case .size(let tensor, let found, let expected):
            return "tensor '\(tensor)' has \(found) bytes, but its shape needs \(expected)"
        case .gap(let tensor, let from, let to):
            return "bytes \(from) to \(to) before tensor '\(tensor)' belong to no tensor"
        case .overlap(let tensor, let other):
            return "tensor '\(tensor)' shares bytes with tensor '\(other)'"
        case .tensorPastEnd(let tensor, let end, let available):
            return "tensor '\(tensor)' ends at byte \(end), but only \(available) follow the "
                + "header; the file may be truncated"
        case .trailingBytes(let count):
            return "\(count) bytes after the last tensor belong to no tensor"
        default:
            preconditionFailure("Every other fault has its sentence above")
        }
    }
}
