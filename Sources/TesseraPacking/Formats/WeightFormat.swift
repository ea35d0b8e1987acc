public import TesseraCheckpoint
public import TesseraTensor

/// A way to store weights in few bits: one file a format, and one line in the list of all.
///
/// A matrix of weights has N rows, one for each output, of K weights. It is stored as several tensors
/// whose names begin with that of the weights; the name of the format stands in the metadata of the
/// file, so that a reader need not guess it.
public protocol WeightFormat: Sendable {
    /// The name in files and on the command line.
    var name: String { get }

    /// One sentence for people, without a final period.
    var summary: String { get }

    /// The most that a weight moves, over the largest magnitude of its row.
    var errorBound: Double { get }

    /// What is stored of weights.
    ///
    /// - Parameter shape: The shape `[N, …]` of the weights, K the product of the other sizes.
    /// - Returns: The tensors, of which one has an empty suffix.
    func parts(of shape: [Int]) -> [WeightPart]

    /// Packs a matrix.
    ///
    /// - Parameter weights: Shape `[N, K]`, all finite.
    /// - Returns: The elements of each of ``parts(of:)``, in order.
    func pack(_ weights: Tensor<Float>) -> [StoredPart]

    /// Finds what no packing gives.
    ///
    /// - Parameter parts: What a file holds.
    /// - Returns: The number of a part and its fault, or `nil` if all is well.
    func fault(in parts: [StoredPart]) -> (part: Int, fault: TensorFault)?

    /// The weights that stored parts stand for.
    ///
    /// - Parameters:
    ///   - parts: What ``pack(_:)`` gave.
    ///   - columnCount: The number of weights of a row, K.
    /// - Returns: Shape `[N, K]`.
    func unpack(_ parts: [StoredPart], columnCount: Int) -> Tensor<Float>

    /// The rows that kernels multiply as they are.
    ///
    /// - Parameters:
    ///   - parts: What ``pack(_:)`` gave.
    ///   - columnCount: The number of weights of a row, K.
    /// - Returns: The rows, or `nil` for a format that no kernel reads: it is unpacked when it loads.
    func kernelRows(_ parts: [StoredPart], columnCount: Int) -> PackedRows?
}

extension WeightFormat {
    /// Nothing: every bit pattern is a weight.
    public func fault(in parts: [StoredPart]) -> (part: Int, fault: TensorFault)? { nil }

    /// None: the format is unpacked when it loads.
    public func kernelRows(_ parts: [StoredPart], columnCount: Int) -> PackedRows? { nil }

    /// The stored bits of a weight, scales included.
    ///
    /// - Parameter columnCount: The number of weights of a row, K.
    /// - Returns: Bits.
    public func bitsPerWeight(columnCount: Int) -> Double {
        let bytes = parts(of: [1, columnCount]).reduce(0) {
            $0 + $1.shape.reduce($1.scalarType.byteCount, *)
        }
        return 8 * Double(bytes) / Double(columnCount)
    }
}

/// One of the tensors that packed weights are stored as.
public struct WeightPart: Hashable, Sendable {
    /// What follows the name of the weights in the tensor's name.
    public let suffix: String

    /// The type of its elements.
    public let scalarType: ScalarType

    /// Its shape.
    public let shape: [Int]

    /// Describes a part.
    ///
    /// - Parameters:
    ///   - suffix: What follows the name of the weights.
    ///   - scalarType: The type of its elements: one of a byte, or `float32`.
    ///   - shape: Its shape.
    public init(suffix: String, scalarType: ScalarType, shape: [Int]) {
        self.suffix = suffix
        self.scalarType = scalarType
        self.shape = shape
    }
}

/// The elements of a part.
public enum StoredPart: Sendable {
    /// Integers of a byte, or several in one.
    case bytes(Tensor<UInt8>)

    /// Numbers in single precision.
    case numbers(Tensor<Float>)

    /// The stored size in bytes.
    public var byteCount: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .numbers(let numbers): 4 * numbers.count
        }
    }
}

/// The formats that files may name.
public enum WeightFormats {
    /// Every format: a new one is a file beside these and a line here.
    public static let all: [any WeightFormat] = [
        Int8Format(), Int4Format(),
    ]

    /// Finds a format by its name.
    ///
    /// - Parameter name: A name.
    /// - Returns: The format, or `nil` if none has that name.
    public static func named(_ name: String) -> (any WeightFormat)? {
        all.first { $0.name == name }
    }
}
