import TesseraInverse
import TesseraTensor

extension PatchLevel {
    /// Makes the finest level.
    ///
    /// Colours alone prefer sources that are out of focus; local means of the luma's differences along
    /// rows and columns do not. In the hole they are what ``TextureExpectation`` says.
    ///
    /// - Parameters:
    ///   - pixels: The picture with a first fill of its hole. Shape `[1, H, W, 3]`, values in [-1, 1].
    ///   - hole: The pixels to fill.
    ///   - blocked: The pixels that may not be copied; the hole's are not, whatever it says.
    ///   - textureWeight: What a squared difference of textures counts, beside one of colours.
    init(_ pixels: Tensor<Float>, hole: PixelMask, blocked: PixelMask, textureWeight: Float) {
        let (height, width) = (hole.height, hole.width)
        self.height = height
        self.width = width
        isHole = hole.isHole
        isBlocked = zip(hole.isHole, blocked.isHole).map { $0 || $1 }
        self.textureWeight = textureWeight
        features = Plane(count: height * width * PatchLevel.channels, repeating: 0)
        let texture = PatchLevel.texture(of: pixels, outside: hole)
        let scale = textureWeight.squareRoot()
        pixels.withUnsafeBuffer { pixels in
            for pixel in 0 ..< height * width {
                let target = features.values + pixel * PatchLevel.channels
                for c in 0 ..< 3 { target[c] = (pixels[3 * pixel + c] + 1) * 127.5 }
                for c in 0 ..< 2 { target[3 + c] = scale * texture[2 * pixel + c] }
            }
        }
    }

    /// How far texture is averaged, in pixels.
    private static let textureDeviation: Float = 3

    /// The local means of the luma's differences, `[H, W, 2]`, in 8-bit levels.
    private static func texture(of pixels: Tensor<Float>, outside hole: PixelMask) -> Plane<Float> {
        let (height, width) = (hole.height, hole.width)
        let luma = pixels.withUnsafeBuffer { pixels in
            (0 ..< height * width).map { pixel -> Float in
                let (red, green, blue) = (
                    pixels[3 * pixel], pixels[3 * pixel + 1], pixels[3 * pixel + 2]
                )
                return 127.5 * (0.299 * red + 0.587 * green + 0.114 * blue)
            }
        }
        // Sums of differences between known neighbours, and how many there are.
        let sums = Plane<Float>(count: height * width * 4, repeating: 0)
        for y in 0 ..< height {
            for x in 0 ..< width where !hole.isHole[y * width + x] {
                let pixel = y * width + x
                let sum = sums.values + 4 * pixel
                if x + 1 < width && !hole.isHole[pixel + 1] {
                    sum[0] = abs(luma[pixel + 1] - luma[pixel])
                    sum[2] = 1
                }
                if y + 1 < height && !hole.isHole[pixel + width] {
                    sum[1] = abs(luma[pixel + width] - luma[pixel])
                    sum[3] = 1
                }
            }
        }
        BoxBlur(standardDeviation: textureDeviation).apply(
            to: sums, height: height, width: width, channels: 4)
        let texture = Plane<Float>(count: height * width * 2, repeating: 0)
        for pixel in 0 ..< height * width where !hole.isHole[pixel] {
            for c in 0 ..< 2 {
                texture[2 * pixel + c] = sums[4 * pixel + c] / max(sums[4 * pixel + 2 + c], 1e-3)
            }
        }
        TextureExpectation(of: pixels, hole: hole).fill(texture)
        return texture
    }
}
