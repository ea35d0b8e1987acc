public import TesseraTensor

/// How much texture a picture has in a region beside another one: 1 is as much, less is a blur.
///
/// The ratio of the gradient energies: means over the region's pixels of the squared differences of luma,
/// in 8-bit levels, to the neighbours on the right and below. 0.05 is added to both, so that a region
/// without texture in the reference has a ratio too. Means over pictures are to be geometric: 2 and 1/2
/// are equally wrong. It does not say that the texture is the right one.
///
/// - Parameters:
///   - pixels: A picture of shape `[1, H, W, 3]`, values in [-1, 1].
///   - reference: The picture it is held against, of the same shape.
///   - region: Its missing pixels are the region; at least one. Shape `[H, W]`.
/// - Returns: The ratio, above 0.
public func sharpness(
    of pixels: Tensor<Float>, comparedTo reference: Tensor<Float>, inside region: PixelMask
) -> Double {
    checkSizes(pixels, reference, region)
    precondition(region.holeCount > 0, "A region without pixels has no sharpness")
    return (gradientEnergy(of: pixels, inside: region) + 0.05)
        / (gradientEnergy(of: reference, inside: region) + 0.05)
}

/// The mean over a region of the squared differences of luma to the right and down; 0 over an edge.
private func gradientEnergy(of pixels: Tensor<Float>, inside region: PixelMask) -> Double {
    let luma = luma(of: pixels)
    let (height, width) = (region.height, region.width)
    var sum = 0.0
    for (i, isInside) in region.isHole.enumerated() where isInside {
        let right = i % width + 1 < width ? luma[i + 1] - luma[i] : 0
        let down = i / width + 1 < height ? luma[i + width] - luma[i] : 0
        sum += right * right + down * down
    }
    return sum / Double(region.holeCount)
}
