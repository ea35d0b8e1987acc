/// The positions of a grid in the order of the two-dimensional Halton sequence.
///
/// Point i of the sequence has the radical inverses of i as coordinates: the digits of i, mirrored
/// behind the point, in base 2 for the row and in base 3 for the column. Successive points keep far
/// from each other, so that positions revealed together are nearly independent given the others
/// (V. Besnier et al., "Halton Scheduler for Masked Generative Image Transformer", ICLR 2025).
/// Points that fall into a position visited before are left out. The order is that of the authors'
/// code, which starts at i = 1; coordinates are fractions of integers here, so nothing is rounded.
public enum HaltonSequence {
    /// Every position of a grid, once.
    ///
    /// - Parameters:
    ///   - height: The number of rows, at least 0.
    ///   - width: The number of columns, at least 0.
    /// - Returns: `row * width + column` of each position, in the order of the sequence.
    /// - Complexity: At most 24 · height · width points: a cell that is half as high and half as
    ///   wide as a position has its point within one period of the sequence.
    public static func order(height: Int, width: Int) -> [Int] {
        let count = height * width
        var order: [Int] = []
        order.reserveCapacity(count)
        var isVisited = [Bool](repeating: false, count: count)
        var point = 1
        while order.count < count {
            let row = scaledRadicalInverse(of: point, base: 2, size: height)
            let column = scaledRadicalInverse(of: point, base: 3, size: width)
            let position = row * width + column
            if !isVisited[position] {
                isVisited[position] = true
                order.append(position)
            }
            point += 1
        }
        return order
    }

    /// The integer part of `size` times the radical inverse of an index.
    private static func scaledRadicalInverse(of index: Int, base: Int, size: Int) -> Int {
        var rest = index
        var mirrored = 0
        var denominator = 1
        while rest > 0 {
            mirrored = mirrored * base + rest % base
            denominator *= base
            rest /= base
        }
        return size * mirrored / denominator
    }
}
