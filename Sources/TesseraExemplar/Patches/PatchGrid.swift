/// Where the pixels of a level lie in memory: around them is room for the patches of the outermost.
package struct PatchGrid {
    /// The number of rows of pixels, H.
    let height: Int

    /// The number of columns of pixels, W.
    let width: Int

    /// How far a patch reaches from its middle.
    package let radius: Int

    /// The pixels from one row to the next.
    package var stride: Int { width + 2 * radius }

    /// The number of pixels, room included.
    var count: Int { (height + 2 * radius) * stride }

    /// The pixels along a side of a patch.
    package var side: Int { 2 * radius + 1 }

    /// The place of a pixel.
    package func index(_ row: Int, _ column: Int) -> Int {
        (row + radius) * stride + column + radius
    }

    /// The pixel of a place.
    package func pixel(_ index: Int) -> (row: Int, column: Int) {
        (index / stride - radius, index % stride - radius)
    }

    /// The floats of a row of a patch, in whole panels.
    var rowWidth: Int { (side * PatchLevel.channels + 15) / 16 * 16 }
}
