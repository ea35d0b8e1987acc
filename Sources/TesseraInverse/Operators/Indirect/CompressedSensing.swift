public import TesseraTensor

/// The operator of compressed sensing: a few coefficients of each block in a scrambled basis.
///
/// In each square of pixels, signs are flipped at random, an orthonormal Hadamard transform mixes all
/// pixels, and a random choice of coefficients is kept, so that A Aᵀ is the identity. Squares that reach
/// over the right or lower edge see zeros there. All three channels share signs and choice.
///
/// T. Do, L. Gan, N. Nguyen and T. Tran, "Fast and Efficient Compressive Sensing Using Structurally
/// Random Matrices", IEEE Transactions on Signal Processing, 2012.
public struct CompressedSensing: LinearOperator {
    /// The side of a square in pixels.
    public static let blockSide = 32

    /// The shape of the picture, `[1, H, W, 3]`.
    public let imageShape: [Int]

    /// The coefficients that are kept of each square, in ascending order.
    public let kept: [Int]

    private let signs: [Float]

    /// Makes the operator for pictures of one size.
    ///
    /// - Parameters:
    ///   - height: The height of the picture, at least 1.
    ///   - width: The width of the picture, at least 1.
    ///   - fraction: The part of the coefficients that is kept, above 0 and at most 1; the count is
    ///     rounded to the nearest whole one, and at least 1.
    ///   - random: The source of signs and choice.
    public init(height: Int, width: Int, fraction: Double, random: RandomSource) {
        precondition(fraction > 0 && fraction <= 1, "A part lies in (0, 1], not at \(fraction)")
        imageShape = [1, height, width, 3]
        let count = CompressedSensing.blockSide * CompressedSensing.blockSide
        let keys = (0 ..< count).map { random.uniform(step: 1, position: $0, draw: 0) }
        let order = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
        kept = order.prefix(max(Int((fraction * Double(count)).rounded()), 1)).sorted()
        signs = (0 ..< count).map { random.uniform(step: 2, position: $0, draw: 0) < 0.5 ? -1 : 1 }
    }

    private var columnCount: Int {
        (imageShape[2] + CompressedSensing.blockSide - 1) / CompressedSensing.blockSide
    }

    private var blockCount: Int {
        (imageShape[1] + CompressedSensing.blockSide - 1) / CompressedSensing.blockSide
            * columnCount
    }

    /// The shape of the measurement, `[1, blocks, kept, 3]`.
    public var measurementShape: [Int] { [1, blockCount, kept.count, 3] }

    /// Computes the kept coefficients.
    ///
    /// - Parameter pixels: A picture.
    /// - Returns: Shape `[1, blocks, kept, 3]`.
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> {
        precondition(
            pixels.shape == imageShape, "Sensing of \(imageShape) got pixels of \(pixels.shape)")
        return pixels.withUnsafeBuffer { pixels in
            Tensor(shape: measurementShape) { result in
                forEachBlock { block, channel, places in
                    var values = places.map { $0.map { pixels[$0] } ?? 0 }
                    for i in values.indices { values[i] *= signs[i] }
                    hadamard(&values)
                    for (number, index) in kept.enumerated() {
                        result.initializeElement(
                            at: (block * kept.count + number) * 3 + channel, to: values[index])
                    }
                }
            }
        }
    }

    /// Gives each coefficient back to the pixels of its square.
    ///
    /// - Parameter measurement: Shape `[1, blocks, kept, 3]`.
    /// - Returns: Aᵀ y.
    public func applyAdjoint(to measurement: Tensor<Float>) -> Tensor<Float> {
        precondition(
            measurement.shape == measurementShape,
            "Sensing to \(measurementShape) got a measurement of \(measurement.shape)")
        return measurement.withUnsafeBuffer { measurement in
            Tensor(shape: imageShape) { result in
                forEachBlock { block, channel, places in
                    var values = [Float](repeating: 0, count: places.count)
                    for (number, index) in kept.enumerated() {
                        values[index] = measurement[(block * kept.count + number) * 3 + channel]
                    }
                    hadamard(&values)
                    for (index, place) in places.enumerated() {
                        if let place {
                            result.initializeElement(at: place, to: signs[index] * values[index])
                        }
                    }
                }
            }
        }
    }

    /// Visits each square and channel with the places of its pixels; `nil` outside of the picture.
    private func forEachBlock(_ body: (_ block: Int, _ channel: Int, _ places: [Int?]) -> Void) {
        let side = CompressedSensing.blockSide
        let (height, width) = (imageShape[1], imageShape[2])
        for block in 0 ..< blockCount {
            let (top, left) = (block / columnCount * side, block % columnCount * side)
            for channel in 0 ..< 3 {
                let places = (0 ..< side * side).map { index -> Int? in
                    let (y, x) = (top + index / side, left + index % side)
                    return y < height && x < width ? (y * width + x) * 3 + channel : nil
                }
                body(block, channel, places)
            }
        }
    }
}

/// The orthonormal Walsh-Hadamard transform in natural order, its own inverse.
///
/// - Parameter values: As many values as a power of two.
private func hadamard(_ values: inout [Float]) {
    let scale = 1 / Float(values.count).squareRoot()
    values.withUnsafeMutableBufferPointer { values in
        var half = 1
        while half < values.count {
            for first in stride(from: 0, to: values.count, by: 2 * half) {
                for i in first ..< first + half {
                    let (a, b) = (values[i], values[i + half])
                    values[i] = a + b
                    values[i + half] = a - b
                }
            }
            half *= 2
        }
        for i in values.indices { values[i] *= scale }
    }
}

extension CompressedSensing: RecoverableOperator {
    /// None was measured to be better than sampling.
    public func splitting(noise: Double, isSampled: Bool) -> HalfQuadraticSplitting? { nil }

    /// Shows Aᵀ y, which does not say all.
    public func picture(of measurement: Tensor<Float>) -> Tensor<Float> {
        applyAdjoint(to: measurement)
    }
}

extension Degradation {
    /// A few coefficients of a scrambled basis are measured.
    public static let compressedSensing = Degradation(
        name: "compressed-sensing", summary: "a quarter of the coefficients of a scrambled basis",
        givesPicture: false
    ) { _, height, width, random in
        CompressedSensing(height: height, width: width, fraction: 0.25, random: random)
    }
}
