public import TesseraTensor

/// How much of each pixel a mask means.
///
/// A mask that is painted by hand has soft edges: pixels that belong to a hole in part. What is filled there
/// is mixed with what was there:
///
///     let coverage = MaskCoverage(mask.coverage()).grown(by: 2)
///     coverage.hole      // what is to be filled
///     coverage.weights   // and how much of that is to be seen
public struct MaskCoverage: Hashable, Sendable {
    /// The number of rows of pixels, H.
    public let height: Int

    /// The number of columns of pixels, W.
    public let width: Int

    /// The part of each pixel that is meant, row by row, `[H, W]`, in [0, 1].
    public let values: [Float]

    /// Below this part a pixel is not meant, and as near to 1 it is so wholly: files that lose a little have
    /// noise there.
    public static let noise: Float = 0.1

    /// Cleans what a mask picture shows.
    ///
    /// - Parameter coverage: The part of each pixel that is meant, in [0, 1]. Shape `[H, W]`.
    public init(_ coverage: Tensor<Float>) {
        precondition(
            coverage.shape.count == 2, "A mask has a shape [H, W], but got \(coverage.shape)")
        self.init(
            height: coverage.shape[0], width: coverage.shape[1],
            values: coverage.elements.map {
                $0 < Self.noise ? 0 : $0 > 1 - Self.noise ? 1 : $0
            })
    }

    private init(height: Int, width: Int, values: [Float]) {
        self.height = height
        self.width = width
        self.values = values
    }

    /// Whether the edges are soft.
    ///
    /// At least one in a thousand of the marked pixels lies in between, and fewer than half of the steps
    /// across edges go from nothing to all: a binary mask in a JPEG has some pixels in between too
    /// (Documentation/Decisions/0031-masks-with-soft-edges.md).
    public var isSoft: Bool {
        var (markedCount, betweenCount, stepCount, wholeCount) = (0, 0, 0, 0)
        func add(_ value: Float, _ other: Float) {
            guard (value >= 0.5) != (other >= 0.5) else { return }
            stepCount += 1
            if abs(value - other) == 1 { wholeCount += 1 }
        }
        for y in 0 ..< height {
            for i in y * width ..< (y + 1) * width {
                let value = values[i]
                if value > 0 { markedCount += 1 }
                if value > 0 && value < 1 { betweenCount += 1 }
                if i + 1 < (y + 1) * width { add(value, values[i + 1]) }
                if y + 1 < height { add(value, values[i + width]) }
            }
        }
        return betweenCount > 0 && 1000 * betweenCount >= markedCount
            && (stepCount == 0 || 2 * wholeCount < stepCount)
    }

    /// How much of the filling is to be seen: w = min(1, 2 c) of a coverage c; below 1/255 it is 0.
    ///
    /// Where half of a pixel is meant all of it is filled, so that no rest of what is to be hidden shines
    /// through a soft edge.
    public var weights: Tensor<Float> {
        Tensor(
            shape: [height, width],
            elements: values.map {
                let weight = min(2 * $0, 1)
                return weight < 1 / 255 ? 0 : weight
            })
    }

    /// The pixels that are filled, wholly or in part.
    public var hole: PixelMask {
        PixelMask(height: height, width: width, isHole: weights.elements.map { $0 > 0 })
    }

    /// The mask with its holes widened on all sides: each pixel takes the most of those around it.
    ///
    /// After M. van Herk, "A Fast Algorithm for Local Minimum and Maximum Filters on Rectangular and Octagonal
    /// Kernels", Pattern Recognition Letters 1992: its time does not depend on the margin.
    ///
    /// - Parameter margin: How many pixels each hole gains on every side, corners included; 0 or more.
    /// - Returns: A mask of the same size.
    public func grown(by margin: Int) -> MaskCoverage {
        precondition(margin >= 0, "A hole grows by 0 or more pixels, but got \(margin)")
        guard margin > 0 else { return self }
        // Rows, then columns: a square is the sum of two lines.
        let rows = Self.grown(
            values, lineCount: height, lineStride: width, count: width, stride: 1, margin)
        return MaskCoverage(
            height: height, width: width,
            values: Self.grown(
                rows, lineCount: width, lineStride: 1, count: height, stride: width, margin))
    }

    private static func grown(
        _ values: [Float], lineCount: Int, lineStride: Int, count: Int, stride: Int, _ margin: Int
    ) -> [Float] {
        let margin = min(margin, count)
        let side = 2 * margin + 1
        let paddedCount = (count + 2 * margin + side - 1) / side * side
        var line = [Float](repeating: 0, count: paddedCount)
        var (before, after) = (line, line)
        var result = values
        for number in 0 ..< lineCount {
            for place in 0 ..< count {
                line[margin + place] = values[number * lineStride + place * stride]
            }
            // The most from the start of each block to a place, and from there to its end.
            for place in 0 ..< paddedCount {
                before[place] =
                    place % side == 0 ? line[place] : max(before[place - 1], line[place])
            }
            for place in (0 ..< paddedCount).reversed() {
                after[place] =
                    place % side == side - 1 ? line[place] : max(after[place + 1], line[place])
            }
            for place in 0 ..< count {
                result[number * lineStride + place * stride] =
                    max(after[place], before[place + 2 * margin])
            }
        }
        return result
    }

    /// The mask in another size, interpolated between the middles of pixels.
    ///
    /// - Parameters:
    ///   - height: The number of rows of pixels, at least 1.
    ///   - width: The number of columns of pixels, at least 1.
    /// - Returns: A mask of `height` × `width` pixels.
    public func resized(toHeight height: Int, width: Int) -> MaskCoverage {
        precondition(
            height >= 1 && width >= 1 && self.height >= 1 && self.width >= 1,
            "A mask without pixels cannot be resized")
        func neighbours(_ index: Int, _ old: Int, _ new: Int) -> (Int, Int, Float) {
            let middle = (Float(index) + 0.5) * Float(old) / Float(new) - 0.5
            let place = min(max(middle, 0), Float(old - 1))
            let first = Int(place)
            return (first, min(first + 1, old - 1), place - Float(first))
        }
        let columns = (0 ..< width).map { neighbours($0, self.width, width) }
        return MaskCoverage(
            height: height, width: width,
            values: (0 ..< height).flatMap { y in
                let row = neighbours(y, self.height, height)
                return columns.map { column in
                    func mixed(_ y: Int) -> Float {
                        let left = values[y * self.width + column.0]
                        return left + (values[y * self.width + column.1] - left) * column.2
                    }
                    let top = mixed(row.0)
                    return top + (mixed(row.1) - top) * row.2
                }
            })
    }
}
