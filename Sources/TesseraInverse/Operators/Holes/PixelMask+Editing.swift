extension PixelMask {
    /// The mask with its holes widened on all sides.
    ///
    /// A hole painted by hand seldom covers the soft border of what it is to hide.
    ///
    /// - Parameter margin: How many pixels each hole gains on every side, corners included; 0 or more.
    /// - Returns: A mask of the same size.
    public func grown(by margin: Int) -> PixelMask {
        precondition(margin >= 0, "A hole grows by 0 or more pixels, but got \(margin)")
        guard margin > 0 else { return self }
        // Rows, then columns: a square is the sum of two lines.
        let rows = PixelMask.grown(
            isHole, lineCount: height, lineStride: width, count: width, stride: 1, margin)
        return PixelMask(
            height: height, width: width,
            isHole: PixelMask.grown(
                rows, lineCount: width, lineStride: 1, count: height, stride: width, margin))
    }

    /// Widens the holes along parallel lines, in a time that does not depend on the margin.
    private static func grown(
        _ isHole: [Bool], lineCount: Int, lineStride: Int, count: Int, stride: Int, _ margin: Int
    ) -> [Bool] {
        var result = isHole
        for line in 0 ..< lineCount {
            var end = 0  // The first place that no hole so far reaches.
            for place in 0 ..< count where isHole[line * lineStride + place * stride] {
                for reached in max(end, place - margin) ..< min(place + margin + 1, count) {
                    result[line * lineStride + reached * stride] = true
                }
                end = min(place + margin + 1, count)
            }
        }
        return result
    }

    /// The mask in another size; every pixel takes the nearest one of this mask.
    ///
    /// - Parameters:
    ///   - height: The number of rows of pixels, at least 1.
    ///   - width: The number of columns of pixels, at least 1.
    /// - Returns: A mask of `height` × `width` pixels.
    public func resized(toHeight height: Int, width: Int) -> PixelMask {
        precondition(
            height >= 1 && width >= 1 && self.height >= 1 && self.width >= 1,
            "A mask without pixels cannot be resized")
        // The middle of each pixel, scaled: floor((i + 1/2) · old / new).
        func source(_ index: Int, _ old: Int, _ new: Int) -> Int {
            (2 * index + 1) * old / (2 * new)
        }
        return PixelMask(
            height: height, width: width,
            isHole: (0 ..< height).flatMap { y in
                let row = source(y, self.height, height) * self.width
                return (0 ..< width).map { isHole[row + source($0, self.width, width)] }
            })
    }
}
