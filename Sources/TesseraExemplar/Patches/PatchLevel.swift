/// A picture at one size, as patches are compared on it: colours and how much texture there is.
struct PatchLevel {
    /// Red, green and blue in 8-bit levels, and the local means of what changes along rows and columns.
    static let channels = 5

    /// The number of rows of pixels, H.
    let height: Int

    /// The number of columns of pixels, W.
    let width: Int

    /// What patches are compared by, `[H, W, channels]`.
    let features: Plane<Float>

    /// What a squared difference of textures counts, beside one of colours: how ``features`` are scaled.
    let textureWeight: Float

    /// Whether each pixel is to be filled.
    let isHole: [Bool]

    /// Whether each pixel may not be copied: all of the hole, and others.
    let isBlocked: [Bool]

    /// How much texture there is around a pixel, in 8-bit levels.
    func texture(_ pixel: Int) -> Float {
        let along = features.values + PatchLevel.channels * pixel + 3
        return ((along[0] * along[0] + along[1] * along[1]) / textureWeight).squareRoot()
    }

    /// The picture at half the size; an odd last row or column is left out.
    ///
    /// A square of which a pixel is missing is missing.
    func halved() -> PatchLevel {
        let (rows, columns, channels) = (height / 2, width / 2, PatchLevel.channels)
        let half = Plane<Float>(count: rows * columns * channels, repeating: 0)
        let stride = width * channels
        for y in 0 ..< rows {
            for x in 0 ..< columns {
                let source = features.values + (2 * y * width + 2 * x) * channels
                let target = half.values + (y * columns + x) * channels
                for c in 0 ..< channels {
                    target[c] =
                        0.25
                        * (source[c] + source[c + channels] + source[stride + c]
                            + source[stride + c + channels])
                }
            }
        }
        func anyOfFour(_ flags: [Bool]) -> [Bool] {
            (0 ..< rows * columns).map { square in
                let first = square / columns * 2 * width + square % columns * 2
                return flags[first] || flags[first + 1] || flags[first + width]
                    || flags[first + width + 1]
            }
        }
        return PatchLevel(
            height: rows, width: columns, features: half, textureWeight: textureWeight,
            isHole: anyOfFour(isHole), isBlocked: anyOfFour(isBlocked))
    }
}
