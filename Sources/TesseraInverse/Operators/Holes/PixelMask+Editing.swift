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

    /// The mask with its holes narrowed on all sides.
    ///
    /// A missing pixel stays missing if every pixel within so many steps up, down, left or right is
    /// missing too (an erosion by a diamond); what lies beyond the picture counts as known.
    ///
    /// - Parameter margin: How many pixels each hole loses on every side; 0 or more.
    /// - Returns: A mask of the same size.
    public func eroded(by margin: Int) -> PixelMask {
        precondition(margin >= 0, "A hole shrinks by 0 or more pixels, but got \(margin)")
        var isHole = isHole
        for _ in 0 ..< margin {
            let wider = isHole
            for y in 0 ..< height {
                for x in 0 ..< width where wider[y * width + x] {
                    let i = y * width + x
                    isHole[i] =
                        y > 0 && wider[i - width] && y + 1 < height && wider[i + width]
                        && x > 0 && wider[i - 1] && x + 1 < width && wider[i + 1]
                }
            }
        }
        return PixelMask(height: height, width: width, isHole: isHole)
    }

    /// The mask of the known pixels: what is missing here is known there.
    public var inverted: PixelMask {
        PixelMask(height: height, width: width, isHole: isHole.map { !$0 })
    }

    /// The smallest rectangle that holds all missing pixels; `nil` if none is missing.
    public var bounds: (rows: Range<Int>, columns: Range<Int>)? {
        let rows = (0 ..< height).filter { isHole[$0 * width ..< ($0 + 1) * width].contains(true) }
        guard let top = rows.first, let bottom = rows.last else { return nil }
        let columns = (0 ..< width).filter { x in rows.contains { isHole[$0 * width + x] } }
        guard let left = columns.first, let right = columns.last else { return nil }
        return (top ..< bottom + 1, left ..< right + 1)
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
