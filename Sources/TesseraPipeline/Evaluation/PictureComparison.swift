import Glibc
public import TesseraImage
public import TesseraInverse
public import TesseraPerception
import TesseraTensor
import TesseraTokens

/// How near one picture is to another of the same size.
public struct PictureComparison: Sendable, Equatable {
    /// The peak signal-to-noise ratio over all pixels, in dB; infinite for equal pictures.
    public let psnr: Double

    /// The structural similarity, or `nil` if the picture is smaller than its window.
    public let ssim: Double?

    /// The peak signal-to-noise ratio over the pixels of a hole, in dB, if there is one.
    public let holePSNR: Double?

    /// How the hole is filled, if there is one that is wide enough.
    public let hole: HoleComparison?

    /// How differently the pictures look to a network, if one was asked and they are large enough.
    public let perceptualDistance: Double?

    /// The number of rows that are compared at once; their numbers take some 100 bytes a sample.
    static let bandHeight = 256

    /// Compares two pictures band by band, so that large ones need little memory.
    ///
    /// - Parameters:
    ///   - image: A picture.
    ///   - reference: The picture it is held against, of the same size.
    ///   - hole: The pixels that ``holePSNR`` and ``hole`` are about, or `nil`.
    ///   - perception: Gives ``perceptualDistance`` and those of the hole, or `nil`.
    public init(
        _ image: Image, with reference: Image, hole: PixelMask? = nil,
        perception: PerceptualDistance? = nil
    ) {
        precondition(
            image.width == reference.width && image.height == reference.height,
            "Pictures of \(image.width) x \(image.height) and \(reference.width) x "
                + "\(reference.height) pixels cannot be compared")
        let (height, width) = (image.height, image.width)
        var error = 0.0
        var holeError = 0.0
        var similarity = 0.0
        var similarityRows = 0
        for top in stride(from: 0, to: height, by: PictureComparison.bandHeight) {
            let rowCount = min(PictureComparison.bandHeight, height - top)
            let band = PixelRectangle(top: top, left: 0, height: rowCount, width: width)
            let errors = squaredErrors(image.pixels(in: band), reference.pixels(in: band))
            error += errors.reduce(0, +)
            if let hole {
                for (i, pixelError) in errors.enumerated() where hole.isHole[top * width + i] {
                    holeError += pixelError
                }
            }
            // A window of eleven rows belongs to the band in which it starts.
            let tall = PixelRectangle(
                top: top, left: 0, height: min(rowCount + 10, height - top), width: width)
            if let part = structuralSimilarity(
                of: image.pixels(in: tall), comparedTo: reference.pixels(in: tall))
            {
                similarity += part * Double(tall.height - 10)
                similarityRows += tall.height - 10
            }
        }
        psnr = ratio(error, count: height * width)
        ssim = similarityRows > 0 ? similarity / Double(similarityRows) : nil
        perceptualDistance = perception?(height: height, width: width) { rows in
            let band = PixelRectangle(
                top: rows.lowerBound, left: 0, height: rows.count, width: width)
            return (image.pixels(in: band), reference.pixels(in: band))
        }
        holePSNR = hole.flatMap { $0.holeCount > 0 ? ratio(holeError, count: $0.holeCount) : nil }
        self.hole = hole.flatMap {
            HoleComparison(image, with: reference, hole: $0, perception: perception)
        }
    }
}

/// The sum over channels of the squared difference of each pixel, in 8-bit levels.
private func squaredErrors(_ pixels: Tensor<Float>, _ reference: Tensor<Float>) -> [Double] {
    func level(_ value: Float) -> Float { min(max(((value + 1) * 127.5).rounded(), 0), 255) }
    return pixels.withUnsafeBuffer { pixels in
        reference.withUnsafeBuffer { reference in
            (0 ..< pixels.count / 3).map { pixel in
                var sum: Float = 0
                for i in 3 * pixel ..< 3 * pixel + 3 {
                    let difference = level(pixels[i]) - level(reference[i])
                    sum += difference * difference
                }
                return Double(sum)
            }
        }
    }
}

/// 10 log₁₀(255² / mean squared error) of three channels.
private func ratio(_ error: Double, count: Int) -> Double {
    10 * log10(255 * 255 * 3 * Double(count) / error)
}
