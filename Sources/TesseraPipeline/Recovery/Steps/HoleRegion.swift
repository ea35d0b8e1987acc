package import TesseraInverse
package import TesseraTokens

/// A rectangle of a picture around one hole or several near ones, and the work that it is.
package struct HoleRegion {
    /// Where it lies, in pixels.
    package let rectangle: PixelRectangle

    /// Its part of the mask.
    let hole: PixelMask

    /// The number of windows that its positions are sampled in.
    let windowCount: Int

    /// How far a region goes beyond its hole, in positions: what the prior and the decoder can use.
    package static let margin = 8

    /// The least side of a region in positions: the window that priors are trained on.
    package static let leastSide = 16

    /// Finds the regions that a mask asks for.
    ///
    /// Holes that lie far from each other are filled in regions of their own, so that the work grows
    /// with the holes and not with the picture.
    ///
    /// - Parameters:
    ///   - mask: The missing pixels.
    ///   - side: The side of the square of pixels that one position stands for.
    /// - Returns: Regions that do not overlap and hold every missing pixel; none without a hole.
    package static func covering(_ mask: PixelMask, side: Int) -> [HoleRegion] {
        let (height, width) = ((mask.height + side - 1) / side, (mask.width + side - 1) / side)
        let isHole = mask.holeFractions(ofSquares: side).map { $0 > 0 }
        return PositionRectangle.surrounding(
            isHole, height: height, width: width, margin: margin, leastSide: leastSide
        ).map { region in
            let rectangle = region.pixels(side: side, height: mask.height, width: mask.width)
            let windows = GridSteps.windows(
                of: PositionRectangle(height: region.height, width: region.width),
                where: isHole.window(region, ofWidth: width))
            return HoleRegion(
                rectangle: rectangle, hole: mask.window(rectangle), windowCount: windows.count)
        }
    }
}

extension PixelMask {
    /// The part of a mask inside a rectangle.
    func window(_ rectangle: PixelRectangle) -> PixelMask {
        window(
            row: rectangle.top, column: rectangle.left, height: rectangle.height,
            width: rectangle.width)
    }
}
