public import TesseraTensor

extension Inpainting {
    /// Fills the hole with the smoothest continuation of what surrounds it.
    ///
    /// The fill is near the solution of Laplace's equation with the known pixels as its border: a
    /// pyramid is averaged down over known pixels only and interpolated back into the hole
    /// (pull-push, S. Gortler, R. Grzeszczuk, R. Szeliski and M. Cohen, "The Lumigraph", SIGGRAPH
    /// 1996), and each level is relaxed by a few sweeps in which a missing pixel moves to the mean of
    /// its neighbours and beyond (successive over-relaxation, D. Young, 1954). This is the initial
    /// estimate, and a baseline.
    ///
    /// **Edge cases:** if every pixel is missing, all become 0.
    ///
    /// - Parameter measurement: The known values, pixels or differences of pixels; what it has in the hole is not read. Shape
    ///   `[1, H, W, C]`; each channel is filled by itself.
    /// - Returns: The known pixels, bit for bit, and the fill.
    public func smoothlyFilled(_ measurement: Tensor<Float>) -> Tensor<Float> {
        let blank = Tensor<Float>(shape: measurement.shape, repeating: 0)
        var level = PyramidLevel(
            height: mask.height, width: mask.width, channels: measurement.shape.last ?? 0,
            values: mixing(hole: blank, known: measurement).elements,
            isKnown: mask.isHole.map { !$0 })
        level.fill()
        return Tensor(shape: measurement.shape, elements: level.values)
    }

    /// The picture at half the size, and what is known of it.
    ///
    /// A pixel is the mean of the known ones of a square of two by two, and missing if all of them are.
    ///
    /// - Parameter measurement: The known pixels; what it has in the hole is not read. Shape
    ///   `[1, H, W, 3]`.
    /// - Returns: The smaller mask, and pixels of shape `[1, ⌈H / 2⌉, ⌈W / 2⌉, 3]`, 0 in its hole.
    public func halved(
        _ measurement: Tensor<Float>
    ) -> (forwardOperator: Inpainting, values: Tensor<Float>) {
        let level = PyramidLevel(
            height: mask.height, width: mask.width, channels: 3,
            values: apply(to: measurement).elements, isKnown: mask.isHole.map { !$0 }
        ).halved()
        let forwardOperator = Inpainting(
            mask: PixelMask(
                height: level.height, width: level.width, isHole: level.isKnown.map { !$0 }))
        return (forwardOperator, Tensor(shape: forwardOperator.imageShape, elements: level.values))
    }
}

/// A picture with holes, at one size.
private struct PyramidLevel {
    let height: Int
    let width: Int
    let channels: Int
    var values: [Float]
    let isKnown: [Bool]

    /// How often each level is relaxed.
    ///
    /// On 64 photographs of 256 pixels with a hole of 64, a fill without over-relaxation has 33.78 dB
    /// after 8 sweeps and 34.21 after 200; with it 34.20 after 16. The exact solution has 34.29.
    static let sweepCount = 16

    /// How far a pixel moves, if 1 is to the mean of its neighbours; below 2.
    static let relaxation: Float = 1.8

    /// Fills the holes from a picture of half the size, and relaxes them.
    mutating func fill() {
        guard isKnown.contains(false) && (height > 1 || width > 1) else { return }
        var coarse = halved()
        coarse.fill()
        for y in 0 ..< height {
            for x in 0 ..< width where !isKnown[y * width + x] {
                for c in 0 ..< channels {
                    values[(y * width + x) * channels + c] = coarse.interpolated(
                        y: y, x: x, channel: c)
                }
            }
        }
        for _ in 0 ..< Self.sweepCount { relax() }
    }

    /// The mean of the known pixels of each square of two by two.
    func halved() -> PyramidLevel {
        let (rows, columns) = ((height + 1) / 2, (width + 1) / 2)
        var sums = [Float](repeating: 0, count: rows * columns * channels)
        var counts = [Float](repeating: 0, count: rows * columns)
        for y in 0 ..< height {
            for x in 0 ..< width where isKnown[y * width + x] {
                let square = y / 2 * columns + x / 2
                counts[square] += 1
                for c in 0 ..< channels {
                    sums[square * channels + c] += values[(y * width + x) * channels + c]
                }
            }
        }
        for square in counts.indices where counts[square] > 0 {
            for c in 0 ..< channels { sums[square * channels + c] /= counts[square] }
        }
        return PyramidLevel(
            height: rows, width: columns, channels: channels, values: sums,
            isKnown: counts.map { $0 > 0 })
    }

    /// The value at a pixel of the picture of twice the size, between the four nearest pixels.
    private func interpolated(y: Int, x: Int, channel: Int) -> Float {
        // A fine pixel lies a quarter of a coarse one from the nearest centre.
        let row = y / 2
        let column = x / 2
        let nextRow = min(max(row + (y % 2 == 0 ? -1 : 1), 0), height - 1)
        let nextColumn = min(max(column + (x % 2 == 0 ? -1 : 1), 0), width - 1)
        let near = 0.75 * self[row, column, channel] + 0.25 * self[row, nextColumn, channel]
        let far = 0.75 * self[nextRow, column, channel] + 0.25 * self[nextRow, nextColumn, channel]
        return 0.75 * near + 0.25 * far
    }

    private subscript(y: Int, x: Int, channel: Int) -> Float {
        values[(y * width + x) * channels + channel]
    }

    /// Moves each missing pixel towards the mean of its neighbours and beyond, in place.
    private mutating func relax() {
        for y in 0 ..< height {
            for x in 0 ..< width where !isKnown[y * width + x] {
                for c in 0 ..< channels {
                    var (sum, count): (Float, Float) = (0, 0)
                    if y > 0 { (sum, count) = (sum + self[y - 1, x, c], count + 1) }
                    if x > 0 { (sum, count) = (sum + self[y, x - 1, c], count + 1) }
                    if y + 1 < height { (sum, count) = (sum + self[y + 1, x, c], count + 1) }
                    if x + 1 < width { (sum, count) = (sum + self[y, x + 1, c], count + 1) }
                    let old = self[y, x, c]
                    values[(y * width + x) * channels + c] =
                        old + Self.relaxation * (sum / count - old)
                }
            }
        }
    }
}
