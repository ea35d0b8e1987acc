public import TesseraTensor

/// To numbers and back.
///
/// A sample s of n bits is the number 2 s / (2ⁿ - 1) - 1. Back, a number is clamped to [-1, 1] and goes
/// to the nearest sample, ties to even. The error of a `Float` is far below half a sample, so that
/// there and back is exact for 8 and for 16 bits.
extension Image {
    /// All pixels as numbers; shape `[1, height, width, 3]`, values in [-1, 1], gray three times.
    public var pixels: Tensor<Float> {
        pixels(rows: 0 ..< height, columns: 0 ..< width)
    }

    /// The pixels of a rectangle as numbers.
    ///
    /// - Parameters:
    ///   - rows: Rows of the picture.
    ///   - columns: Columns of the picture.
    /// - Returns: Shape `[1, rows, columns, 3]`, values in [-1, 1], gray three times.
    /// - Precondition: The rectangle lies in the picture.
    public func pixels(rows: Range<Int>, columns: Range<Int>) -> Tensor<Float> {
        precondition(
            rows.lowerBound >= 0 && rows.upperBound <= height && columns.lowerBound >= 0
                && columns.upperBound <= width,
            "Rows \(rows) and columns \(columns) are not in a \(width) × \(height) picture")
        return Tensor(shape: [1, rows.count, columns.count, 3]) { output in
            switch samples {
            case .eight(let values): read(values, rows, columns, into: output)
            case .sixteen(let values): read(values, rows, columns, into: output)
            }
        }
    }

    private func read<Sample: FixedWidthInteger>(
        _ values: [Sample], _ rows: Range<Int>, _ columns: Range<Int>,
        into output: UnsafeMutableBufferPointer<Float>
    ) {
        let scale = 2 / Float(Sample.max)
        let channelCount = colour.channelCount
        values.withUnsafeBufferPointer { input in
            var target = 0
            for row in rows {
                let source = (row * width + columns.lowerBound) * channelCount
                if channelCount == 3 {
                    for offset in 0 ..< 3 * columns.count {
                        output[target + offset] = Float(input[source + offset]) * scale - 1
                    }
                } else {
                    for offset in 0 ..< 3 * columns.count {
                        output[target + offset] = Float(input[source + offset / 3]) * scale - 1
                    }
                }
                target += 3 * columns.count
            }
        }
    }

    /// Makes a picture of 8 bits from numbers.
    ///
    /// - Parameters:
    ///   - pixels: Shape `[1, H, W, 3]`, values in [-1, 1]; others are clamped, NaN is middle gray.
    ///   - format: The format it is written in unless another is asked for.
    public init(pixels: Tensor<Float>, format: ImageFormat = .png) {
        let (height, width) = Self.sides(of: pixels)
        self.init(
            width: width, height: height, colour: .rgb,
            samples: .eight([UInt8](repeating: 0, count: width * height * 3)), format: format)
        replacePixels(row: 0, column: 0, with: pixels)
    }

    /// Makes a picture from numbers that is stored as another one is.
    ///
    /// Colour, depth, format, profile and alpha are taken over; alpha is resampled if the sizes differ.
    /// Texts are not: they tell of the other picture.
    ///
    /// - Parameters:
    ///   - pixels: Shape `[1, H, W, 3]`, values in [-1, 1]; others are clamped, NaN is middle gray.
    ///   - model: The picture to be like.
    public init(pixels: Tensor<Float>, like model: Image) {
        let (height, width) = Self.sides(of: pixels)
        self.init(likeness: model, width: width, height: height)
        replacePixels(row: 0, column: 0, with: pixels)
    }

    /// Makes a black picture that is stored as another one is, to be filled piece by piece.
    ///
    /// - Parameters:
    ///   - model: The picture to be like.
    ///   - width: The width in pixels.
    ///   - height: The height in pixels.
    public init(likeness model: Image, width: Int, height: Int) {
        let count = width * height * model.colour.channelCount
        let samples: Samples =
            model.bitsPerSample == 16
            ? .sixteen([UInt16](repeating: 0, count: count))
            : .eight([UInt8](repeating: 0, count: count))
        self.init(
            width: width, height: height, colour: model.colour, samples: samples,
            alpha: model.alpha(width: width, height: height), format: model.format,
            colourProfile: model.colourProfile)
    }

    private static func sides(of pixels: Tensor<Float>) -> (height: Int, width: Int) {
        precondition(
            pixels.shape.count == 4 && pixels.shape[0] == 1 && pixels.shape[3] == 3,
            "Pixels have the shape [1, H, W, 3], but got \(pixels.shape)")
        return (pixels.shape[1], pixels.shape[2])
    }

    /// Writes numbers into a rectangle.
    ///
    /// A gray picture takes the luma of the three: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
    ///
    /// - Parameters:
    ///   - row: The first row of the rectangle.
    ///   - column: The first column of the rectangle.
    ///   - pixels: Shape `[1, H, W, 3]`, values in [-1, 1]; others are clamped, NaN is middle gray.
    /// - Precondition: The rectangle lies in the picture.
    public mutating func replacePixels(row: Int, column: Int, with pixels: Tensor<Float>) {
        let (rowCount, columnCount) = Self.sides(of: pixels)
        precondition(
            row >= 0 && row + rowCount <= height && column >= 0 && column + columnCount <= width,
            "\(columnCount) × \(rowCount) pixels at row \(row), column \(column) "
                + "are not in a \(width) × \(height) picture")
        let corner = row * width + column
        // Taken out and put back, so that the array is not copied.
        switch samples {
        case .eight(var values):
            samples = .eight([])
            write(pixels, corner, into: &values)
            samples = .eight(values)
        case .sixteen(var values):
            samples = .sixteen([])
            write(pixels, corner, into: &values)
            samples = .sixteen(values)
        }
    }

    private func write<Sample: FixedWidthInteger>(
        _ pixels: Tensor<Float>, _ corner: Int, into values: inout [Sample]
    ) {
        let (rowCount, columnCount) = Self.sides(of: pixels)
        let channelCount = colour.channelCount
        let half = Float(Sample.max) / 2
        // Written so that NaN, which compares to nothing, ends in the middle. From 2²³ on, floats
        // are whole numbers: adding it rounds to nearest, ties to even, and leaves the whole number
        // in the low bits. `rounded()` would call a function for each sample.
        func sample(_ value: Float) -> Sample {
            let clamped: Float = value >= 1 ? 1 : value <= -1 ? -1 : value == value ? value : 0
            return Sample(truncatingIfNeeded: ((clamped + 1) * half + 0x1p23).bitPattern)
        }
        values.withUnsafeMutableBufferPointer { output in
            pixels.withUnsafeBuffer { input in
                for row in 0 ..< rowCount {
                    let source = row * columnCount * 3
                    let target = (corner + row * width) * channelCount
                    if channelCount == 3 {
                        for offset in 0 ..< 3 * columnCount {
                            output[target + offset] = sample(input[source + offset])
                        }
                    } else {
                        for column in 0 ..< columnCount {
                            let first = source + 3 * column
                            let luma =
                                0.299 * input[first] + 0.587 * input[first + 1]
                                + 0.114 * input[first + 2]
                            output[target + column] = sample(luma)
                        }
                    }
                }
            }
        }
    }
}
