package import TesseraInverse
package import TesseraTensor

/// Fills a hole smoothly from what surrounds it.
///
/// Known values are averaged into ever coarser grids until every cell knows something, and the way
/// back fills what a finer grid does not know by interpolation: pull and push (S. J. Gortler et al.,
/// "The Lumigraph", SIGGRAPH 1996, section 3.4).
///
/// **Edge cases:** zeros where nothing at all is known.
///
/// - Parameters:
///   - values: Shape `[1, H, W, C]`; what stands in the hole is not read.
///   - mask: The hole, of H × W.
/// - Returns: The values with the hole filled; the others are the same bit for bit.
package func smoothlyFilled(_ values: Tensor<Float>, hole mask: PixelMask) -> Tensor<Float> {
    let channels = values.shape[3]
    let finest = FillLevel(
        height: mask.height, width: mask.width, channels: channels, values: values.elements,
        weights: mask.isHole.map { $0 ? 0 : 1 })
    return Tensor(shape: values.shape, elements: finest.filled())
}

/// One grid of the pyramid: values, and how much is known of each cell, from 0 to 1.
private struct FillLevel {
    let height: Int
    let width: Int
    let channels: Int
    var values: [Float]
    let weights: [Float]

    /// The values with every cell filled from coarser grids.
    func filled() -> [Float] {
        guard weights.contains(where: { $0 < 1 }) else { return values }
        guard height > 1 || width > 1 else {
            return weights[0] > 0 ? values : [Float](repeating: 0, count: channels)
        }
        let coarse = pulled()
        return pushed(coarse.filled(), height: coarse.height, width: coarse.width)
    }

    /// A grid of half the size whose cells average what is known of four.
    private func pulled() -> FillLevel {
        let newHeight = (height + 1) / 2
        let newWidth = (width + 1) / 2
        var newValues = [Float](repeating: 0, count: newHeight * newWidth * channels)
        var newWeights = [Float](repeating: 0, count: newHeight * newWidth)
        for y in 0 ..< height {
            for x in 0 ..< width where weights[y * width + x] > 0 {
                let source = y * width + x
                let target = y / 2 * newWidth + x / 2
                newWeights[target] += weights[source]
                for channel in 0 ..< channels {
                    newValues[target * channels + channel] +=
                        weights[source] * values[source * channels + channel]
                }
            }
        }
        for cell in newWeights.indices where newWeights[cell] > 0 {
            for channel in 0 ..< channels {
                newValues[cell * channels + channel] /= newWeights[cell]
            }
            newWeights[cell] = min(newWeights[cell], 1)
        }
        return FillLevel(
            height: newHeight, width: newWidth, channels: channels, values: newValues,
            weights: newWeights)
    }

    /// What this grid knows, and where it does not, a coarser one interpolated between its centres.
    private func pushed(_ coarse: [Float], height coarseHeight: Int, width coarseWidth: Int)
        -> [Float]
    {
        var result = values
        for y in 0 ..< height {
            // A fine cell lies a quarter of a coarse one from the centre of its own.
            let row = y / 2
            let nextRow = min(max(row + (y % 2 == 0 ? -1 : 1), 0), coarseHeight - 1)
            for x in 0 ..< width where weights[y * width + x] < 1 {
                let column = x / 2
                let nextColumn = min(max(column + (x % 2 == 0 ? -1 : 1), 0), coarseWidth - 1)
                let weight = weights[y * width + x]
                for channel in 0 ..< channels {
                    func value(_ y: Int, _ x: Int) -> Float {
                        coarse[(y * coarseWidth + x) * channels + channel]
                    }
                    let near = 0.75 * value(row, column) + 0.25 * value(row, nextColumn)
                    let far = 0.75 * value(nextRow, column) + 0.25 * value(nextRow, nextColumn)
                    let index = (y * width + x) * channels + channel
                    let known = weight > 0 ? weight * values[index] : 0
                    result[index] = known + (1 - weight) * (0.75 * near + 0.25 * far)
                }
            }
        }
        return result
    }
}
