/// A dense array of numbers with a shape, stored in row-major order with the last axis contiguous.
///
/// Images are channels last: pixels are `[N, H, W, 3]`, latents `[N, h, w, C]`, token features
/// `[N * h * w, C]`, so that a latent already is the matrix that a transformer reads.
///
/// A tensor is a value: copies share memory until one of them is written to. Memory is aligned to
/// 64 bytes, the width of the widest vector register. Elements are read and written by the whole
/// buffer, never one at a time across a module, because a call per element costs ten times the work.
public struct Tensor<Element: BitwiseCopyable & Sendable>: Sendable {
    /// The size of each axis, outermost first; an empty shape is a scalar.
    public let shape: [Int]

    private var storage: TensorStorage<Element>

    /// Makes a tensor whose memory a closure fills.
    ///
    /// - Parameters:
    ///   - shape: The size of each axis, none negative.
    ///   - initialize: Writes every element; the memory it is given holds no values yet.
    public init(
        shape: [Int],
        initializingWith initialize: (UnsafeMutableBufferPointer<Element>) -> Void
    ) {
        self.shape = shape
        storage = TensorStorage(count: Tensor.elementCount(of: shape))
        initialize(storage.buffer)
    }

    /// Makes a tensor of one repeated value.
    ///
    /// - Parameters:
    ///   - shape: The size of each axis, none negative.
    ///   - value: The value of every element.
    public init(shape: [Int], repeating value: Element) {
        self.init(shape: shape) { buffer in
            guard let start = buffer.baseAddress, !buffer.isEmpty else { return }
            start.initialize(to: value)
            // Copies of what is there, twice as long each time: in other modules the standard library's
            // loop is not specialized, and calls a function for each element.
            var filled = 1
            while filled < buffer.count {
                let next = min(filled, buffer.count - filled)
                UnsafeMutableRawPointer(start + filled).copyMemory(
                    from: start, byteCount: next * MemoryLayout<Element>.stride)
                filled += next
            }
        }
    }

    /// Makes a tensor from values in row-major order.
    ///
    /// - Parameters:
    ///   - shape: The size of each axis, none negative.
    ///   - elements: As many values as the shape has elements.
    public init(shape: [Int], elements: [Element]) {
        precondition(
            elements.count == Tensor.elementCount(of: shape),
            "A tensor of shape \(shape) needs \(Tensor.elementCount(of: shape)) elements, "
                + "but got \(elements.count)")
        self.init(shape: shape) { _ = $0.initialize(from: elements) }
    }

    /// The number of elements.
    public var count: Int { storage.buffer.count }

    /// The elements in row-major order, copied into an array.
    public var elements: [Element] { Array(storage.buffer) }

    /// The same elements under another shape, without a copy.
    ///
    /// - Parameter newShape: A shape of as many elements.
    /// - Returns: A tensor that shares this one's memory.
    public func reshaped(to newShape: [Int]) -> Tensor {
        precondition(
            Tensor.elementCount(of: newShape) == count,
            "A tensor of shape \(shape) cannot take the shape \(newShape)")
        return Tensor(shape: newShape, storage: storage)
    }

    /// Lends the elements for reading.
    ///
    /// - Parameter body: Must not let the buffer escape.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public func withUnsafeBuffer<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeBufferPointer(storage.buffer))
    }

    /// Lends the elements for writing, after a copy if another tensor shares them.
    ///
    /// - Parameter body: Must not let the buffer escape.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public mutating func withUnsafeMutableBuffer<Result, Failure: Error>(
        _ body: (UnsafeMutableBufferPointer<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if !isKnownUniquelyReferenced(&storage) {
            storage = TensorStorage(copying: storage)
        }
        defer { withExtendedLifetime(storage) {} }
        return try body(storage.buffer)
    }

    private init(shape: [Int], storage: TensorStorage<Element>) {
        self.shape = shape
        self.storage = storage
    }

    private static func elementCount(of shape: [Int]) -> Int {
        precondition(shape.allSatisfy { $0 >= 0 }, "A shape has no negative size: \(shape)")
        return shape.reduce(1, *)
    }
}
