import TesseraTensor

/// A picture as three planes, luma and two differences of colours, and its local cosine transforms.
///
/// Planes of `[H, W]` lie one behind the other. Beyond their edges squares see them mirrored.
struct CosinePlanes: Sendable {
    private let height: Int
    private let width: Int
    private let values: Tensor<Float>

    /// How many times a channel's noise luma has: 1 for independent channels, √3 for those of a gray
    /// picture, whose noise adds up.
    var noiseGain: Double {
        let colours = values.withUnsafeBuffer { $0[height * width ..< 3 * height * width] }
        return colours.allSatisfy { $0 == 0 } ? 3.0.squareRoot() : 1
    }

    /// The rows of a part; squares of its first rows are transformed for the part above, too.
    private static let rowsPerPart = 32

    private init(height: Int, width: Int, values: Tensor<Float>) {
        (self.height, self.width, self.values) = (height, width, values)
    }

    /// Separates the colours of a picture of shape `[1, H, W, 3]`.
    init(of picture: Tensor<Float>) {
        precondition(
            picture.shape.count == 4 && picture.shape[0] == 1 && picture.shape[3] == 3,
            "A picture of shape \(picture.shape) is not one of three channels")
        let (height, width) = (picture.shape[1], picture.shape[2])
        let count = height * width
        let values = picture.withUnsafeBuffer { pixels in
            Tensor<Float>(shape: [3, height, width]) { planes in
                for i in 0 ..< count {
                    let (r, g, b) = (pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2])
                    planes.initializeElement(at: i, to: Self.luma * (r + g + b))
                    planes.initializeElement(at: count + i, to: Self.redBlue * (r - b))
                    planes.initializeElement(at: 2 * count + i, to: Self.green * (r + b - 2 * g))
                }
            }
        }
        self.init(height: height, width: width, values: values)
    }

    /// The picture with its colours put together, of shape `[1, H, W, 3]`.
    var picture: Tensor<Float> {
        let count = height * width
        return values.withUnsafeBuffer { planes in
            Tensor(shape: [1, height, width, 3]) { pixels in
                for i in 0 ..< count {
                    let light = Self.luma * planes[i]
                    let difference = Self.redBlue * planes[count + i]
                    let green = Self.green * planes[2 * count + i]
                    pixels.initializeElement(at: 3 * i, to: light + green + difference)
                    pixels.initializeElement(at: 3 * i + 1, to: light - 2 * green)
                    pixels.initializeElement(at: 3 * i + 2, to: light + green - difference)
                }
            }
        }
    }

    private static let luma: Float = 1 / Float(3).squareRoot()
    private static let redBlue: Float = 1 / Float(2).squareRoot()
    private static let green: Float = 1 / Float(6).squareRoot()

    /// Combines two pictures of one size, value by value.
    func combined(with other: CosinePlanes, _ combine: (Float, Float) -> Float) -> CosinePlanes {
        CosinePlanes(
            height: height, width: width, values: values.combined(with: other.values, combine))
    }

    /// Moves each value by a share of the way to that of another picture; shares of shape `[H, W]`.
    func mixed(with other: CosinePlanes, by shares: [Float]) -> CosinePlanes {
        let mixed = values.withUnsafeBuffer { own in
            other.values.withUnsafeBuffer { other in
                Tensor<Float>(shape: values.shape) { result in
                    for i in own.indices {
                        let share = shares[i % shares.count]
                        result.initializeElement(at: i, to: own[i] + share * (other[i] - own[i]))
                    }
                }
            }
        }
        return CosinePlanes(height: height, width: width, values: mixed)
    }

    /// The values of a plane, `[H, W]`: luma is the first.
    func plane(_ number: Int) -> [Float] {
        let count = height * width
        return values.withUnsafeBuffer { Array($0[number * count ..< (number + 1) * count]) }
    }

    /// The mean over all squares of those without their small coefficients.
    ///
    /// - Parameters:
    ///   - threshold: The largest magnitude that is set to 0.
    ///   - areas: For each part of rows, the columns that are wanted; the others keep their values.
    /// - Returns: A picture of the same size.
    func keeping(above threshold: Float, in areas: [Range<Int>]? = nil) -> CosinePlanes {
        changed(areas: areas, pilot: nil) { coefficients, _, count in
            for i in 0 ..< count {
                coefficients[i] = coefficients[i].magnitude > threshold ? coefficients[i] : 0
            }
        }
    }

    /// The mean over all squares, each coefficient nearer to 0 by a distance, or 0.
    func shrinking(by distance: Float) -> CosinePlanes {
        changed(areas: nil, pilot: nil) { coefficients, _, count in
            for i in 0 ..< count {
                let c = coefficients[i]
                coefficients[i] = c - min(max(c, -distance), distance)
            }
        }
    }

    /// The mean over all squares, each coefficient c times p² / (p² + variance), p being the pilot's.
    func attenuated(like pilot: CosinePlanes, variance: Float) -> CosinePlanes {
        changed(areas: nil, pilot: pilot) { coefficients, pilot, count in
            guard let pilot else { return }
            for i in 0 ..< count {
                let square = pilot[i] * pilot[i]
                // Without noise nothing is to be taken away, and 0 / 0 is not a number.
                coefficients[i] *=
                    (square + .leastNormalMagnitude)
                    / (square + variance + .leastNormalMagnitude)
            }
        }
    }

    /// The columns of each part of rows with a missing pixel, empty for parts without.
    static func areas(of mask: PixelMask) -> [Range<Int>] {
        (0 ..< (mask.height + rowsPerPart - 1) / rowsPerPart).map { part in
            var (first, end) = (mask.width, 0)
            for y in part * rowsPerPart ..< min((part + 1) * rowsPerPart, mask.height) {
                for x in 0 ..< mask.width where mask.isHole[y * mask.width + x] {
                    (first, end) = (min(first, x), max(end, x + 1))
                }
            }
            return first < end ? first ..< end : 0 ..< 0
        }
    }

    /// Transforms all squares, changes rows of coefficients of one frequency, and transforms back.
    private func changed(
        areas: [Range<Int>]?, pilot: CosinePlanes?, change: ChangingRows
    ) -> CosinePlanes {
        let partCount = (height + Self.rowsPerPart - 1) / Self.rowsPerPart
        let count = height * width
        return values.withUnsafeBuffer { source in
            withOptionalBuffer(pilot?.values) { pilot in
                let result = Tensor<Float>(shape: values.shape) { result in
                    _ = result.initialize(fromContentsOf: source)
                    nonisolated(unsafe) let target = result.baseAddress!
                    ThreadPool.run(count: 3 * partCount) { index in
                        let (plane, part) = (index / partCount, index % partCount)
                        let first = part * Self.rowsPerPart
                        let columns = areas?[part] ?? 0 ..< width
                        guard !columns.isEmpty else { return }
                        let strip = CosineStrip(
                            height: height, width: width,
                            rows: first ..< min(first + Self.rowsPerPart, height),
                            columns: columns)
                        strip.change(
                            source.baseAddress! + plane * count,
                            pilot: pilot.map { $0.baseAddress! + plane * count },
                            into: target + plane * count, change)
                    }
                }
                return CosinePlanes(height: height, width: width, values: result)
            }
        }
    }

    private func withOptionalBuffer<Result>(
        _ tensor: Tensor<Float>?, _ body: (UnsafeBufferPointer<Float>?) -> Result
    ) -> Result {
        guard let tensor else { return body(nil) }
        return tensor.withUnsafeBuffer { body($0) }
    }
}

/// Changes coefficients of one frequency in neighbouring squares, given the pilot's and their count.
typealias ChangingRows = (UnsafeMutablePointer<Float>, UnsafePointer<Float>?, Int) -> Void
