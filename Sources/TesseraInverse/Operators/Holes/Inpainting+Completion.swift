import Glibc
import TesseraTensor

extension Inpainting {
    /// Goes on with what surrounds small holes, by local cosine transforms with few coefficients.
    ///
    /// Small coefficients of the whole picture are set to 0 and the known pixels put back, again and
    /// again, with a threshold that falls: what is told by many pixels is decided first. O. Guleryuz,
    /// "Nonlinear Approximation Based Image Recovery Using Adaptive Sparse Reconstructions and Iterated
    /// Denoising", IEEE Transactions on Image Processing 2006.
    ///
    /// - Parameters:
    ///   - start: The picture to start from.
    ///   - measurement: The known pixels; what it has in the hole is not read.
    ///   - thresholds: The first and the last threshold, in units of [-1, 1].
    ///   - count: How often.
    /// - Returns: The known pixels, bit for bit, and the new hole: the start's where nothing is known nearby.
    func sparselyCompleted(
        _ start: Tensor<Float>, _ measurement: Tensor<Float>,
        thresholds: (first: Double, last: Double),
        count: Int
    ) -> Tensor<Float> {
        guard mask.isHole.contains(true) && thresholds.last > 0 else {
            return mixing(hole: start, known: measurement)
        }
        let known = CosinePlanes(of: mixing(hole: start, known: measurement))
        let areas = CosinePlanes.areas(of: mask)
        let nearness = mask.nearness
        var planes = known
        for index in 0 ..< count {
            let share = Double(index) / Double(max(count - 1, 1))
            let threshold = thresholds.first * pow(thresholds.last / thresholds.first, share)
            planes = known.mixed(
                with: planes.keeping(above: Float(threshold), in: areas), by: nearness)
        }
        return mixing(hole: planes.picture, known: measurement)
    }
}

extension PixelMask {
    /// How much the surroundings of a missing pixel tell: 0 for known pixels, 1 where a fifth of the
    /// 11×11 pixels around it are known, less where fewer are.
    fileprivate var nearness: [Float] {
        let reach = 5
        // Counts of known pixels above and to the left.
        var counts = [Int32](repeating: 0, count: (height + 1) * (width + 1))
        for y in 0 ..< height {
            var row: Int32 = 0
            for x in 0 ..< width {
                row += isHole[y * width + x] ? 0 : 1
                counts[(y + 1) * (width + 1) + x + 1] = counts[y * (width + 1) + x + 1] + row
            }
        }
        return isHole.indices.map { index in
            guard isHole[index] else { return 0 }
            let (y, x) = (index / width, index % width)
            let (top, bottom) = (max(y - reach, 0), min(y + reach + 1, height))
            let (left, right) = (max(x - reach, 0), min(x + reach + 1, width))
            let known =
                counts[bottom * (width + 1) + right] - counts[top * (width + 1) + right]
                - counts[bottom * (width + 1) + left] + counts[top * (width + 1) + left]
            return min(5 * Float(known) / Float((bottom - top) * (right - left)), 1)
        }
    }
}
