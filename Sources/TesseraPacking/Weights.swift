public import TesseraCheckpoint
public import TesseraTensor

/// A file of weights as networks read it: tensors by name and shape, packed or not.
///
/// The metadata of a file says for each packed weight how: the key `format.NAME` has the name of a
/// ``WeightFormat``. Files without such a key were written before formats had names; int8 and int4 are
/// told apart there by the type of their codes.
public struct Weights: Sendable {
    /// The file.
    public let file: SafetensorsFile

    private let formats: [String: any WeightFormat]
    private let unnamed: Set<String>

    /// What a key of metadata begins with that names the format of a weight.
    static let formatPrefix = "format."

    /// Reads which weights of a file are packed, and how.
    ///
    /// - Parameter file: A file of weights.
    /// - Throws: ``CheckpointError/tensor(path:name:_:)`` for a format that is not known.
    public init(_ file: SafetensorsFile) throws(CheckpointError) {
        self.file = file
        var formats: [String: any WeightFormat] = [:]
        for (key, word) in file.metadata where key.hasPrefix(Weights.formatPrefix) {
            let name = String(key.dropFirst(Weights.formatPrefix.count))
            guard let format = WeightFormats.named(word) else {
                throw .tensor(
                    path: file.path, name: name,
                    .format(found: word, known: WeightFormats.all.map(\.name)))
            }
            formats[name] = format
        }
        var unnamed: Set<String> = []
        for tensor in file.tensors
        where formats[tensor.name] == nil && file.description(of: tensor.name + ".steps") != nil {
            switch tensor.scalarType {
            case .int8: formats[tensor.name] = Int8Format()
            case .uint8: formats[tensor.name] = Int4Format()
            default: continue
            }
            unnamed.insert(tensor.name)
        }
        self.formats = formats
        self.unnamed = unnamed
    }

    /// Opens a file of weights.
    ///
    /// - Parameter path: The name of the file.
    /// - Throws: ``CheckpointError`` if it is no safetensors file, or names a format that is not known.
    public init(path: String) throws(CheckpointError) {
        try self.init(try SafetensorsFile(path: path))
    }

    /// How a weight is packed.
    ///
    /// - Parameter name: The name of a tensor.
    /// - Returns: The format, or `nil` if it is not packed.
    public func format(of name: String) -> (any WeightFormat)? { formats[name] }

    /// Whether there is a tensor of a name.
    ///
    /// - Parameter name: The name of a tensor.
    /// - Returns: Whether the file holds it.
    public func holds(_ name: String) -> Bool { file.description(of: name) != nil }

    /// The folder of the file, for errors about a model as a whole.
    public var folder: String {
        guard let slash = file.path.lastIndex(of: "/") else { return "." }
        return String(file.path[..<slash])
    }

    /// Reads weights as single precision; packed ones become what they stand for.
    ///
    /// - Parameters:
    ///   - name: The name of the tensor.
    ///   - shape: The shape that it must have.
    /// - Returns: The elements under that shape.
    /// - Throws: ``CheckpointError/tensor(path:name:_:)`` if the file holds no such weights.
    public func tensor(_ name: String, shape: [Int]) throws(CheckpointError) -> Tensor<Float> {
        guard let format = formats[name] else { return try file.tensor(name, shape: shape) }
        return format.unpack(
            try parts(of: name, shape, format), columnCount: shape.dropFirst().reduce(1, *)
        ).reshaped(to: shape)
    }

    /// Reads weights as kernels multiply them without unpacking.
    ///
    /// - Parameters:
    ///   - name: The name of the tensor.
    ///   - shape: The shape `[N, …]` of the weights that it stands for; rows are N.
    /// - Returns: The rows, or `nil` if the weights are not packed, or in a format that no kernel reads.
    /// - Throws: ``CheckpointError/tensor(path:name:_:)`` if a part is missing, has another shape, or
    ///   holds what no packing gives.
    public func rows(_ name: String, shape: [Int]) throws(CheckpointError) -> PackedRows? {
        guard let format = formats[name] else { return nil }
        return format.kernelRows(
            try parts(of: name, shape, format), columnCount: shape.dropFirst().reduce(1, *))
    }

    private func parts(
        of name: String, _ shape: [Int], _ format: any WeightFormat
    ) throws(CheckpointError) -> [StoredPart] {
        let descriptions = format.parts(of: shape)
        var parts: [StoredPart] = []
        for part in descriptions {
            let tensor = name + suffix(of: part, for: name)
            parts.append(
                part.scalarType == .float32
                    ? .numbers(try file.tensor(tensor, shape: part.shape))
                    : .bytes(try file.bytes(tensor, shape: part.shape, as: part.scalarType)))
        }
        if let (number, fault) = format.fault(in: parts) {
            throw .tensor(
                path: file.path, name: name + suffix(of: descriptions[number], for: name), fault)
        }
        return parts
    }

    /// What a part's name ends in; the scales had other names before formats had any.
    private func suffix(of part: WeightPart, for name: String) -> String {
        guard unnamed.contains(name) else { return part.suffix }
        switch part.suffix {
        case PackedRows.scalesSuffix: return ".steps"
        case PackedRows.groupScalesSuffix: return ".multipliers"
        default: return part.suffix
        }
    }
}

extension SafetensorsWriter {
    /// Adds packed weights, as several tensors, and the name of their format.
    ///
    /// - Parameters:
    ///   - parts: What the format packed.
    ///   - format: The format.
    ///   - name: A name that no tensor of this file has yet.
    ///   - shape: The shape `[N, …]` of the weights that they stand for.
    public mutating func add(
        _ parts: [StoredPart], packedAs format: any WeightFormat, named name: String, shape: [Int]
    ) {
        metadata[Weights.formatPrefix + name] = format.name
        for (part, description) in zip(parts, format.parts(of: shape)) {
            let tensor = name + description.suffix
            switch part {
            case .numbers(let numbers): add(numbers, named: tensor)
            case .bytes(let bytes) where description.scalarType == .int8:
                add(
                    Tensor(
                        shape: description.shape,
                        elements: bytes.elements.map { Int8(bitPattern: $0) }), named: tensor)
            case .bytes(let bytes): add(bytes.reshaped(to: description.shape), named: tensor)
            }
        }
    }
}
