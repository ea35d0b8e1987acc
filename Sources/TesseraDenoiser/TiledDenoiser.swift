import TesseraInverse
import TesseraTensor
import TesseraTokens

/// A network whose values depend on their neighbourhood only, so that a large image is denoised tile by tile.
protocol TiledDenoiser: PixelDenoiser {
    /// The number that heights and widths are multiples of inside the network.
    var multiple: Int { get }

    /// How far a value can come from, in squares of ``multiple`` pixels, rounded up.
    var halo: Int { get }

    /// The largest side of a tile with its halo, in pixels.
    var tileSide: Int { get }

    /// Removes noise from a tile.
    ///
    /// - Parameter input: Pixels with their deviations as a fourth channel, shape `[1, H, W, 4]`; H and W are
    ///   multiples of ``multiple``.
    /// - Returns: Shape `[1, H, W, 3]`.
    func output(of input: Tensor<Float>) -> Tensor<Float>
}

extension TiledDenoiser {
    /// Removes noise, tile by tile where the image is large.
    public func denoised(_ pixels: Tensor<Float>, deviations: Tensor<Float>) -> Tensor<Float> {
        let (height, width) = (pixels.shape[1], pixels.shape[2])
        precondition(
            pixels.shape == [1, height, width, 3] && deviations.shape == [1, height, width, 1],
            "A denoiser reads pixels of shape [1, H, W, 3] and deviations of shape [1, H, W, 1], but got "
                + "\(pixels.shape) and \(deviations.shape)")
        let side = multiple
        let positions = PositionRectangle(
            height: (height + side - 1) / side, width: (width + side - 1) / side)
        var result = Tensor<Float>(shape: pixels.shape, repeating: 0)
        for tile in Tiling.exact(halo: halo).tiles(
            of: positions, side: max(tileSide / side, 2 * halo + 1))
        {
            let area = tile.area.pixels(side: side, height: height, width: width)
            let kept = tile.kept.pixels(side: side, height: height, width: width)
            let input = joined(pixels.pixels(in: area), deviations.pixels(in: area))
            let output = output(
                of: input.repeatingEdges(
                    toHeight: tile.area.height * side, width: tile.area.width * side))
            result.replacePixels(in: kept, with: output.pixels(in: kept.relative(to: area)))
        }
        return result
    }
}

/// Pixels with their deviations as a fourth channel.
private func joined(_ pixels: Tensor<Float>, _ deviations: Tensor<Float>) -> Tensor<Float> {
    let (height, width) = (pixels.shape[1], pixels.shape[2])
    return pixels.withUnsafeBuffer { pixels in
        deviations.withUnsafeBuffer { deviations in
            Tensor(shape: [1, height, width, 4]) { joined in
                for index in 0 ..< height * width {
                    for channel in 0 ..< 3 {
                        joined.initializeElement(
                            at: 4 * index + channel, to: pixels[3 * index + channel])
                    }
                    joined.initializeElement(at: 4 * index + 3, to: deviations[index])
                }
            }
        }
    }
}

extension Tensor<Float> {
    /// Pixels and deviations in [-1, 1] as networks of others have them: in [0, 1].
    ///
    /// Shape `[1, H, W, 4]`.
    var inUnitRange: Tensor {
        withUnsafeBuffer { values in
            Tensor(shape: shape) { scaled in
                for index in values.indices {
                    let shift: Float = index % 4 == 3 ? 0 : 0.5
                    scaled.initializeElement(at: index, to: 0.5 * values[index] + shift)
                }
            }
        }
    }

    /// Values in [0, 1] as pixels in [-1, 1].
    var fromUnitRange: Tensor {
        withUnsafeBuffer { values in
            Tensor(shape: shape) { scaled in
                for index in values.indices {
                    scaled.initializeElement(at: index, to: 2 * values[index] - 1)
                }
            }
        }
    }
}
