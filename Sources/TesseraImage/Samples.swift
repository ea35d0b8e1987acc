/// Samples of a picture, as deep as its file stores them.
public enum Samples: Sendable, Equatable {
    /// Samples from 0 to 255.
    case eight([UInt8])

    /// Samples from 0 to 65535.
    case sixteen([UInt16])

    /// The number of samples.
    public var count: Int {
        switch self {
        case .eight(let values): values.count
        case .sixteen(let values): values.count
        }
    }

    /// The bits of a sample: 8 or 16.
    public var bits: Int {
        switch self {
        case .eight: 8
        case .sixteen: 16
        }
    }

    /// The samples as bytes; those of 16 bits are divided by 257 and rounded.
    var eightBits: [UInt8] {
        switch self {
        case .eight(let values): values
        case .sixteen(let values): values.map { UInt8((UInt32($0) + 128) / 257) }
        }
    }

    /// Picks channels of an interleaved picture and turns it upright.
    ///
    /// - Parameters:
    ///   - channels: The channels to pick, of `channelCount`.
    ///   - channelCount: The channels of a stored pixel.
    ///   - width: The stored width.
    ///   - height: The stored height.
    ///   - orientation: How to turn.
    /// - Returns: The picked channels, interleaved, in reading order of the upright picture.
    func picking(
        channels: Range<Int>, of channelCount: Int, width: Int, height: Int,
        orientation: Orientation
    ) -> Samples {
        func pick<Sample>(_ values: [Sample]) -> [Sample] {
            let steps = orientation.steps(width: width, height: height)
            let (columns, rows) = orientation.swapsSides ? (height, width) : (width, height)
            let capacity = width * height * channels.count
            return [Sample](unsafeUninitializedCapacity: capacity) { output, count in
                values.withUnsafeBufferPointer { input in
                    for row in 0 ..< rows {
                        var source = (steps.first + row * steps.row) * channelCount
                        for _ in 0 ..< columns {
                            for channel in channels {
                                output.initializeElement(at: count, to: input[source + channel])
                                count += 1
                            }
                            source += steps.column * channelCount
                        }
                    }
                }
            }
        }
        if orientation == .upright && channels.count == channelCount { return self }
        return switch self {
        case .eight(let values): .eight(pick(values))
        case .sixteen(let values): .sixteen(pick(values))
        }
    }

    /// Lends the samples as bytes in the machine's order.
    func withUnsafeBytes<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
        func lend(_ buffer: UnsafeRawBufferPointer) -> Result {
            body(buffer.baseAddress!.assumingMemoryBound(to: UInt8.self))
        }
        return switch self {
        case .eight(let values): values.withUnsafeBytes(lend)
        case .sixteen(let values): values.withUnsafeBytes(lend)
        }
    }
}
