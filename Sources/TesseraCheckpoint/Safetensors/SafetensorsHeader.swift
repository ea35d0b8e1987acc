import TesseraJSON

/// What a weight file says about one of its tensors.
public struct TensorDescription: Hashable, Sendable {
    /// The name.
    public let name: String

    /// The type of the elements.
    public let scalarType: ScalarType

    /// The size of each axis, outermost first.
    public let shape: [Int]

    /// Where the elements lie, in bytes from the end of the header.
    public let byteRange: Range<Int>

    /// The number of elements.
    public var elementCount: Int { shape.reduce(1, *) }
}

/// The header of a safetensors file, checked against the length of the file before use.
///
/// The file is the length of the header in 8 bytes, low byte first; the header, a JSON object of
/// descriptions by name; then the elements of all tensors without a gap. Nothing here allocates
/// more than the bytes of the header allow, and no sum or product may overflow.
struct SafetensorsHeader {
    /// The longest header that is read, the limit of the reference implementation.
    static let byteLimit = 100_000_000

    /// The most tensors that are read; the largest models known have some thousands.
    static let tensorLimit = 1_000_000

    /// An object of descriptions of lists is 3 deep; the rest is room for what others may write.
    static let depthLimit = 8

    /// Free texts by name.
    let metadata: [String: String]

    /// The tensors in the order of their bytes.
    let tensors: [TensorDescription]

    /// Where the elements begin, in bytes from the start of the file.
    let dataOffset: Int

    /// Reads a header.
    ///
    /// - Parameters:
    ///   - bytes: The file, or its beginning with the header.
    ///   - byteCount: The length of the file, if these are not all of its bytes.
    /// - Throws: What is wrong with it.
    init(
        file bytes: UnsafeRawBufferPointer, byteCount: Int? = nil
    ) throws(SafetensorsFault) {
        guard bytes.count >= 8 else { throw .tooShort(byteCount: bytes.count) }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        let available = bytes.count - 8
        guard length <= UInt64(SafetensorsHeader.byteLimit) else {
            throw .headerTooLong(byteCount: length, limit: SafetensorsHeader.byteLimit)
        }
        guard length <= UInt64(available) else {
            throw .headerPastEnd(byteCount: length, available: available)
        }
        dataOffset = 8 + Int(length)
        let root = try SafetensorsHeader.object(in: Array(bytes[8 ..< dataOffset]))
        var metadata: [String: String] = [:]
        var tensors: [TensorDescription] = []
        for member in root.members {
            if member.name == "__metadata__" {
                metadata = try SafetensorsHeader.metadata(member.value)
            } else {
                tensors.append(try TensorDescription(name: member.name, json: member.value))
            }
        }
        guard tensors.count <= SafetensorsHeader.tensorLimit else {
            throw .tooManyTensors(count: tensors.count, limit: SafetensorsHeader.tensorLimit)
        }
        tensors.sort {
            ($0.byteRange.lowerBound, $0.byteRange.upperBound, $0.name)
                < ($1.byteRange.lowerBound, $1.byteRange.upperBound, $1.name)
        }
        try SafetensorsHeader.checkCover(
            of: (byteCount ?? bytes.count) - dataOffset, by: tensors)
        self.metadata = metadata
        self.tensors = tensors
    }

    private static func object(in text: [UInt8]) throws(SafetensorsFault) -> JSONObject {
        guard text.first == UInt8(ascii: "{") else { throw .headerNotObject }
        do {
            let value = try JSONValue(parsing: text, depthLimit: depthLimit)
            return if case .object(let root) = value { root } else { JSONObject() }
        } catch { throw .header(error) }
    }

    private static func metadata(_ json: JSONValue) throws(SafetensorsFault) -> [String: String] {
        guard case .object(let object) = json else { throw .metadataNotText(key: nil) }
        var metadata: [String: String] = [:]
        for member in object.members {
            guard case .string(let text) = member.value else {
                throw .metadataNotText(key: member.name)
            }
            metadata[member.name] = text
        }
        return metadata
    }

    /// Checks that tensors, sorted by their bytes, cover the data exactly.
    private static func checkCover(
        of byteCount: Int, by tensors: [TensorDescription]
    ) throws(SafetensorsFault) {
        var end = 0
        var previous = ""
        for tensor in tensors {
            let range = tensor.byteRange
            guard range.lowerBound >= end else {
                throw .overlap(tensor: tensor.name, with: previous)
            }
            guard range.lowerBound == end else {
                throw .gap(tensor: tensor.name, from: end, to: range.lowerBound)
            }
            guard range.upperBound <= byteCount else {
                throw .tensorPastEnd(
                    tensor: tensor.name, end: range.upperBound, available: byteCount)
            }
            end = range.upperBound
            previous = tensor.name
        }
        guard end == byteCount else { throw .trailingBytes(count: byteCount - end) }
    }
}

extension TensorDescription {
    /// Reads and checks the description of one tensor.
    init(name: String, json: JSONValue) throws(SafetensorsFault) {
        guard case .object(let object) = json else { throw .notDescribed(tensor: name) }
        let keys = ["dtype", "shape", "data_offsets"]
        for member in object.members where !keys.contains(member.name) {
            throw .unknownKey(member.name, tensor: name)
        }
        for key in keys where object[key] == nil {
            throw .missingKey(key, tensor: name)
        }
        guard case .string(let typeName) = object["dtype"],
            let scalarType = ScalarType(rawValue: typeName)
        else { throw .unknownScalarType(TensorDescription.text(object["dtype"]), tensor: name) }
        guard let shape = TensorDescription.counts(object["shape"]) else {
            throw .shapeNotCounts(tensor: name)
        }
        guard let offsets = TensorDescription.counts(object["data_offsets"]), offsets.count == 2,
            offsets[0] <= offsets[1]
        else { throw .offsetsNotRange(tensor: name) }
        let byteCount = try TensorDescription.byteCount(scalarType, shape, tensor: name)
        guard offsets[1] - offsets[0] == byteCount else {
            throw .size(tensor: name, found: offsets[1] - offsets[0], expected: byteCount)
        }
        self.init(
            name: name, scalarType: scalarType, shape: shape, byteRange: offsets[0] ..< offsets[1])
    }

    /// The bytes of a shape.
    ///
    /// A product past the largest integer is refused even where a later
    /// size of 0 would take it back, so that no order of multiplication can overflow.
    private static func byteCount(
        _ scalarType: ScalarType, _ shape: [Int], tensor: String
    ) throws(SafetensorsFault) -> Int {
        var count = scalarType.byteCount
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: max(size, 1))
            guard !overflow else { throw .tooLarge(tensor: tensor, shape: shape) }
            count = product
        }
        return shape.contains(0) ? 0 : count
    }

    private static func counts(_ json: JSONValue?) -> [Int]? {
        guard case .array(let values) = json else { return nil }
        var counts: [Int] = []
        for value in values {
            guard case .integer(let count) = value, count >= 0 else { return nil }
            counts.append(count)
        }
        return counts
    }

    private static func text(_ json: JSONValue?) -> String {
        if case .string(let text) = json { text } else { json?.compactText ?? "" }
    }
}
