import TesseraFiles
public import TesseraTensor

/// A safetensors file of weights or tokens, fully checked before anything is used.
///
/// Tensors are asked for by name and shape, so that a file that does not fit its model is an error
/// when it loads and never later. Names are data and never become paths.
public struct SafetensorsFile: Sendable {
    /// The path that the file was opened by, for errors.
    public let path: String

    /// Free texts by name, such as the hash of the model that made the file.
    public let metadata: [String: String]

    /// The tensors in the order of their bytes.
    public let tensors: [TensorDescription]

    private let indices: [String: Int]
    private let dataOffset: Int
    private let file: MappedFile

    /// Opens a file and checks its header; the elements are not read yet.
    ///
    /// - Parameters:
    ///   - path: The name of the file.
    ///   - isMapped: Whether pages come in when they are touched; else the file is read, so that a
    ///     disk that fails, or whoever cuts the file, is an error.
    /// - Throws: ``CheckpointError/file(_:)`` or ``CheckpointError/safetensors(path:_:)``.
    public init(path: String, isMapped: Bool = true) throws(CheckpointError) {
        let file: MappedFile
        do {
            file = isMapped ? try MappedFile(path: path) : try MappedFile(reading: path)
        } catch { throw .file(error) }
        try self.init(file: file, path: path)
    }

    /// Checks the header of a file whose bytes are there.
    init(file: MappedFile, path: String) throws(CheckpointError) {
        let header: SafetensorsHeader
        do {
            header = try SafetensorsHeader(file: file.bytes)
        } catch { throw .safetensors(path: path, error) }
        self.path = path
        self.file = file
        metadata = header.metadata
        tensors = header.tensors
        dataOffset = header.dataOffset
        indices = Dictionary(
            uniqueKeysWithValues: header.tensors.enumerated().map { ($1.name, $0) })
    }

    /// Checks that a file has a header and is as long as that says; elements are not read.
    ///
    /// - Parameter path: The name of the file.
    /// - Throws: ``CheckpointError/file(_:)`` or ``CheckpointError/safetensors(path:_:)``.
    package static func checkLength(path: String) throws(CheckpointError) {
        let head: [UInt8]
        let byteCount: Int
        do throws(FileError) {
            let file = try ReadFile(path: path)
            byteCount = file.byteCount
            let length = try file.bytes(0 ..< min(8, byteCount)).enumerated().reduce(UInt64(0)) {
                $0 | UInt64($1.element) << (8 * $1.offset)
            }
            let end = 8 + min(length, UInt64(SafetensorsHeader.byteLimit))
            head = try file.bytes(0 ..< min(Int(end), byteCount))
        } catch { throw .file(error) }
        let result = head.withUnsafeBytes { bytes in
            Result { () throws(SafetensorsFault) in
                try SafetensorsHeader(file: bytes, byteCount: byteCount)
            }
        }
        if case .failure(let fault) = result { throw .safetensors(path: path, fault) }
    }

    /// The names of the tensors, in the order of their bytes.
    public var names: [String] { tensors.map(\.name) }

    /// Finds a tensor by its name.
    ///
    /// - Parameter name: The name of a tensor.
    /// - Returns: Its description, or `nil` if there is none of that name.
    public func description(of name: String) -> TensorDescription? {
        indices[name].map { tensors[$0] }
    }

    /// Reads a tensor of weights as single precision.
    ///
    /// F32 is copied; F16 and BF16 are widened, which is exact. Weights that are infinite or
    /// not a number are refused here, because every sum behind them would be neither.
    ///
    /// - Parameters:
    ///   - name: The name of the tensor.
    ///   - shape: The shape that it must have.
    /// - Returns: The elements under that shape.
    /// - Throws: ``CheckpointError/tensor(path:name:_:)`` if the file holds no such tensor,
    ///   or if its elements are not finite.
    public func tensor(_ name: String, shape: [Int]) throws(CheckpointError) -> Tensor<Float> {
        let description = try self.description(
            of: name, shape: shape, in: [.float32, .float16, .bfloat16])
        let bytes = rawBytes(of: description)
        defer { release(description) }
        let tensor = Tensor<Float>(shape: shape) { elements in
            switch description.scalarType {
            case .float16: widenHalf(bytes, into: elements)
            case .bfloat16: widenBrain(bytes, into: elements)
            default: UnsafeMutableRawBufferPointer(elements).copyMemory(from: bytes)
            }
        }
        if let (index, value) = tensor.withUnsafeBuffer({ firstNonFinite(in: $0) }) {
            throw .tensor(path: path, name: name, .notFinite(index: index, value: value))
        }
        return tensor
    }

    /// Reads a tensor of whole numbers as it is stored.
    ///
    /// - Parameters:
    ///   - name: The name of the tensor.
    ///   - shape: The shape that it must have.
    ///   - type: The type of the elements; the file must store this type.
    /// - Returns: The elements under that shape.
    /// - Throws: ``CheckpointError/tensor(path:name:_:)`` if the file holds no such tensor.
    public func tensor<Element: StoredInteger>(
        _ name: String, shape: [Int], of type: Element.Type
    ) throws(CheckpointError) -> Tensor<Element> {
        let description = try self.description(of: name, shape: shape, in: [Element.scalarType])
        let bytes = rawBytes(of: description)
        defer { release(description) }
        return Tensor(shape: shape) { elements in
            UnsafeMutableRawBufferPointer(elements).copyMemory(from: bytes)
        }
    }

    /// Reads a tensor of bytes, whatever they stand for.
    ///
    /// - Parameters:
    ///   - name: The name of the tensor.
    ///   - shape: The shape that it must have.
    ///   - scalarType: The type of its elements, of one byte each.
    /// - Returns: The bytes under that shape.
    /// - Throws: ``CheckpointError/tensor(path:name:_:)`` if the file holds no such tensor.
    public func bytes(
        _ name: String, shape: [Int], as scalarType: ScalarType
    ) throws(CheckpointError) -> Tensor<UInt8> {
        precondition(scalarType.byteCount == 1, "An element of one byte is no \(scalarType)")
        let description = try self.description(of: name, shape: shape, in: [scalarType])
        defer { release(description) }
        return Tensor(shape: shape) {
            UnsafeMutableRawBufferPointer($0).copyMemory(from: rawBytes(of: description))
        }
    }

    /// Lends the bytes of a tensor as they are stored; they may lie at any address.
    ///
    /// - Parameters:
    ///   - name: The name of the tensor.
    ///   - body: Must not let the buffer escape.
    /// - Returns: What `body` returns.
    /// - Throws: ``CheckpointError/tensor(path:name:_:)`` if there is no tensor of that name.
    public func withBytes<Result>(
        of name: String, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(CheckpointError) -> Result {
        guard let description = description(of: name) else { throw missing(name) }
        defer { release(description) }
        return body(rawBytes(of: description))
    }

    func description(
        of name: String, shape: [Int], in types: [ScalarType]
    ) throws(CheckpointError) -> TensorDescription {
        guard let description = description(of: name) else { throw missing(name) }
        guard description.shape == shape else {
            throw .tensor(
                path: path, name: name, .shape(found: description.shape, expected: shape))
        }
        guard types.contains(description.scalarType) else {
            throw .tensor(
                path: path, name: name,
                .scalarType(found: description.scalarType, expected: types))
        }
        return description
    }

    private func missing(_ name: String) -> CheckpointError {
        .tensor(path: path, name: name, .missing(tensorCount: tensors.count))
    }

    private func rawBytes(of description: TensorDescription) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: file.bytes[place(of: description)])
    }

    /// Tensors are read once, so that a file and its copy need not be in memory together.
    private func release(_ description: TensorDescription) {
        file.release(place(of: description))
    }

    private func place(of description: TensorDescription) -> Range<Int> {
        dataOffset + description.byteRange.lowerBound
            ..< dataOffset + description.byteRange.upperBound
    }
}

/// A whole number that weight files store as it lies in memory.
public protocol StoredInteger: FixedWidthInteger, BitwiseCopyable, Sendable {
    /// How a file names the type.
    static var scalarType: ScalarType { get }
}

extension UInt8: StoredInteger {
    /// How a file names the type.
    public static var scalarType: ScalarType { .uint8 }
}

extension Int8: StoredInteger {
    /// How a file names the type.
    public static var scalarType: ScalarType { .int8 }
}

extension UInt16: StoredInteger {
    /// How a file names the type.
    public static var scalarType: ScalarType { .uint16 }
}

extension Int32: StoredInteger {
    /// How a file names the type.
    public static var scalarType: ScalarType { .int32 }
}

extension Int64: StoredInteger {
    /// How a file names the type.
    public static var scalarType: ScalarType { .int64 }
}
