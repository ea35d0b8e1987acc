import Glibc
public import TesseraTensor

/// Turns queries and keys by their place in a grid, so that attention sees distances.
///
/// In each head the first half of the channels turns with the row and the second half with the
/// column. Within a half of n channels the pair (i, i + n/2) turns by position · 100^(-i / (n/2)).
/// The rotary embedding of J. Su et al., RoFormer, 2021, along two axes as in B. Heo et al., Rotary
/// Position Embedding for Vision Transformer, ECCV 2024 (whose base, 100, suits short axes).
public struct AxialRotation: Sendable {
    private let headWidth: Int
    private let size: Int

    /// Cosine and sine of each angle, shape `[size, n/2]` each.
    private let cosines: [Float]
    private let sines: [Float]

    /// Computes the angles of all rows or columns up to an size.
    ///
    /// - Parameters:
    ///   - headWidth: The number of channels of a head, a multiple of 4.
    ///   - size: The largest number of rows or columns of a grid.
    public init(headWidth: Int, size: Int) {
        precondition(
            headWidth % 4 == 0,
            "An axial rotation needs heads of a multiple of 4 channels, but got \(headWidth)")
        self.headWidth = headWidth
        self.size = size
        let pairs = headWidth / 4
        let angles = (0 ..< size * pairs).map { index in
            Double(index / pairs) * pow(100, -Double(index % pairs) / Double(pairs))
        }
        cosines = angles.map { Float(cos($0)) }
        sines = angles.map { Float(sin($0)) }
    }

    /// Turns the queries and keys of grids in place.
    ///
    /// - Parameters:
    ///   - queryKeyValue: Shape `[batch * height * width, 3 * D]`: queries, keys and values side by
    ///     side, heads contiguous in D. Values stay as they are.
    ///   - height: The number of rows of a grid, at most the size.
    ///   - width: The number of columns of a grid, at most the size.
    public func rotate(_ queryKeyValue: inout Tensor<Float>, height: Int, width: Int) {
        precondition(
            height <= size && queryKeyValue.shape[0] % (height * width) == 0,
            "A rotation of \(height) x \(width) positions got \(queryKeyValue.shape)")
        let rows = 0 ..< queryKeyValue.shape[0]
        rotate(&queryKeyValue, at: rows.map { $0 % (height * width) }, width: width)
    }

    /// Turns the queries and keys of some positions of a grid in place.
    ///
    /// - Parameters:
    ///   - queryKeyValue: Shape `[positions.count, 3 * D]`: queries, keys and values side by side,
    ///     heads contiguous in D. Values stay as they are.
    ///   - positions: Where each row stands, in raster order; rows and columns below the size.
    ///   - width: The number of columns of the grid.
    public func rotate(_ queryKeyValue: inout Tensor<Float>, at positions: [Int], width: Int) {
        let columns = queryKeyValue.shape[1]
        let featureCount = columns / 3
        precondition(
            queryKeyValue.shape[0] == positions.count && featureCount % headWidth == 0,
            "A rotation of \(positions.count) positions got \(queryKeyValue.shape)")
        precondition(
            width <= size && positions.allSatisfy { $0 / width < size },
            "A rotation up to \(size) x \(size) positions got more")
        queryKeyValue.withUnsafeMutableBuffer { buffer in
            guard let first = buffer.baseAddress else { return }
            ThreadPool.run(over: positions.count, by: 32) { range in
                cosines.withUnsafeBufferPointer { cosines in
                    sines.withUnsafeBufferPointer { sines in
                        for index in range {
                            let (row, column) = positions[index]
                                .quotientAndRemainder(dividingBy: width)
                            // Queries and keys are neighbours, so that both are one run of heads.
                            let start = index * columns
                            for head in stride(
                                from: start, to: start + 2 * featureCount, by: headWidth)
                            {
                                rotate(first + head, by: row, cosines, sines)
                                rotate(first + head + headWidth / 2, by: column, cosines, sines)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Turns the pairs of half a head, eight at a time where there are so many.
    @inline(__always)
    private func rotate(
        _ half: UnsafeMutablePointer<Float>, by position: Int,
        _ cosines: UnsafeBufferPointer<Float>, _ sines: UnsafeBufferPointer<Float>
    ) {
        typealias Eight = SIMD8<Float>
        let pairs = headWidth / 4
        let (a, b) = (UnsafeMutableRawPointer(half), UnsafeMutableRawPointer(half + pairs))
        let cosines = UnsafeRawPointer(cosines.baseAddress! + position * pairs)
        let sines = UnsafeRawPointer(sines.baseAddress! + position * pairs)
        var pair = 0
        while pair < pairs {
            let offset = pair * MemoryLayout<Float>.stride
            if pair + 8 <= pairs {
                let c = cosines.loadUnaligned(fromByteOffset: offset, as: Eight.self)
                let s = sines.loadUnaligned(fromByteOffset: offset, as: Eight.self)
                let x = a.loadUnaligned(fromByteOffset: offset, as: Eight.self)
                let y = b.loadUnaligned(fromByteOffset: offset, as: Eight.self)
                a.storeBytes(of: x * c - y * s, toByteOffset: offset, as: Eight.self)
                b.storeBytes(of: x * s + y * c, toByteOffset: offset, as: Eight.self)
                pair += 8
            } else {
                let c = cosines.load(fromByteOffset: offset, as: Float.self)
                let s = sines.load(fromByteOffset: offset, as: Float.self)
                let (x, y) = (half[pair], half[pairs + pair])
                half[pair] = x * c - y * s
                half[pairs + pair] = x * s + y * c
                pair += 1
            }
        }
    }
}
