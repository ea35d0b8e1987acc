import TesseraJSON
import TesseraFiles
public import TesseraTensor

/// Gathers named tensors and writes them as one safetensors file that appears only when complete.
///
/// The order is that of the reference implementation, larger element types first and then by name,
/// so that every tensor lies at a multiple of its element's size and equal content gives equal
/// bytes.
public struct SafetensorsWriter: Sendable {
    /// Free texts by name.
    public var metadata: [String: String]
    private var entries: [Entry] = []

    private struct Entry {
        let name: String
        let scalarType: ScalarType
        let shape: [Int]
        let parts: [[UInt8]]
    }

    /// Begins a file without tensors.
    ///
    /// - Parameter metadata: Free texts by name.
    public init(metadata: [String: String] = [:]) {
        self.metadata = metadata
    }

    /// Adds a tensor of single precision numbers.
    ///
    /// - Parameters:
    ///   - tensor: The elements.
    ///   - name: A name that no tensor of this file has yet.
    public mutating func add(_ tensor: Tensor<Float>, named name: String) {
        append(name, .float32, tensor.shape, tensor.withUnsafeBuffer { storedBytes($0) })
    }

    /// Adds numbers as half precision, each rounded to the nearest.
    ///
    /// - Parameters:
    ///   - tensor: The elements, at most 65504 in magnitude; not-a-number stays.
    ///   - name: A name that no tensor of this file has yet.
    /// - Throws: ``TensorFault/range(value:scalarType:)`` for a finite number past the range.
    public mutating func addHalf(
        _ tensor: Tensor<Float>, named name: String
    ) throws(TensorFault) {
        var halves: [UInt16] = []
        halves.reserveCapacity(tensor.count)
        for value in tensor.elements {
            let half = Float16(value)
            guard half.isFinite || !value.isFinite else {
                throw .range(value: value, scalarType: .float16)
            }
            halves.append(half.bitPattern)
        }
        append(name, .float16, tensor.shape, halves.withUnsafeBufferPointer { storedBytes($0) })
    }

    /// Adds a tensor of whole numbers.
    ///
    /// - Parameters:
    ///   - tensor: The elements.
    ///   - name: A name that no tensor of this file has yet.
    public mutating func add<Element: StoredInteger>(_ tensor: Tensor<Element>, named name: String)
    {
        append(
            name, Element.scalarType, tensor.shape,
            tensor.withUnsafeBuffer { storedBytes($0) })
    }

    /// Adds a tensor of another file, byte for byte.
    ///
    /// - Parameters:
    ///   - name: The name of a tensor of `file` that no tensor of this file has yet.
    ///   - file: Where the tensor is.
    /// - Throws: ``CheckpointError/tensor(path:name:_:)`` if `file` has no such tensor.
    public mutating func copy(
        _ name: String, from file: SafetensorsFile
    ) throws(CheckpointError) {
        let bytes = try file.withBytes(of: name) { Array($0) }
        guard let description = file.description(of: name) else { return }
        append(name, description.scalarType, description.shape, bytes)
    }

    /// Adds a tensor that lies in parts, which are not copied.
    ///
    /// - Parameters:
    ///   - parts: The elements as files store them, part after part.
    ///   - scalarType: The type of the elements.
    ///   - shape: The size of each axis.
    ///   - name: A name that no tensor of this file has yet.
    package mutating func add(
        parts: [[UInt8]], of scalarType: ScalarType, shape: [Int], named name: String
    ) {
        precondition(
            parts.reduce(0) { $0 + $1.count } == shape.reduce(scalarType.byteCount, *),
            "A tensor of shape \(shape) has another number of bytes")
        checkName(name)
        entries.append(Entry(name: name, scalarType: scalarType, shape: shape, parts: parts))
    }

    /// Writes the file under a temporary name, brings it to the disk and renames it.
    ///
    /// - Parameter path: The name that the file shall have; a file of that name is replaced.
    /// - Returns: The SHA-256 of the file, in hexadecimal digits.
    /// - Throws: ``CheckpointError/file(_:)``; nothing is left behind then.
    @discardableResult
    public func write(to path: String) throws(CheckpointError) -> String {
        do { return try writeFile(to: path) } catch { throw .file(error) }
    }

    private func writeFile(to path: String) throws(FileError) -> String {
        let sorted = entries.sorted {
            ($1.scalarType.byteCount, $1.scalarType.rank, $0.name)
                < ($0.scalarType.byteCount, $0.scalarType.rank, $1.name)
        }
        var hash = SHA256()
        var file = try AtomicFile(path: path)
        for bytes in [header(of: sorted)] + sorted.flatMap(\.parts) {
            bytes.withUnsafeBytes { hash.update($0) }
            try file.write(bytes)
        }
        try file.commit()
        return hash.hexDigest()
    }

    private func header(of sorted: [Entry]) -> [UInt8] {
        var object = JSONObject()
        if !metadata.isEmpty {
            var texts = JSONObject()
            for (key, text) in metadata.sorted(by: { $0.key < $1.key }) {
                texts[key] = .string(text)
            }
            object["__metadata__"] = .object(texts)
        }
        var members = object.members
        var offset = 0
        for entry in sorted {
            let end = offset + entry.parts.reduce(0) { $0 + $1.count }
            let description: JSONObject = [
                "dtype": .string(entry.scalarType.rawValue),
                "shape": .array(entry.shape.map { .integer($0) }),
                "data_offsets": [.integer(offset), .integer(end)],
            ]
            members.append(JSONMember(name: entry.name, value: .object(description)))
            offset = end
        }
        var text = Array(JSONValue.object(JSONObject(uniqueMembers: members)).compactText.utf8)
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    }

    private mutating func append(
        _ name: String, _ scalarType: ScalarType, _ shape: [Int], _ bytes: [UInt8]
    ) {
        checkName(name)
        entries.append(Entry(name: name, scalarType: scalarType, shape: shape, parts: [bytes]))
    }

    private func checkName(_ name: String) {
        precondition(name != "__metadata__", "A tensor cannot have the name of the metadata")
        precondition(
            !entries.contains { $0.name == name }, "A file cannot hold two tensors '\(name)'")
    }
}

extension ScalarType {
    /// The place in the reference implementation's list of types, which breaks ties of size.
    fileprivate var rank: Int { ScalarType.allCases.firstIndex(of: self) ?? 0 }
}

/// The bytes of numbers as files store them, which is how little-endian machines hold them.
private func storedBytes<Element>(_ elements: UnsafeBufferPointer<Element>) -> [UInt8] {
    Array(UnsafeRawBufferPointer(elements))
}
