public import TesseraTensor

/// An operator of whose measurement only a rectangle was seen.
///
/// A window of a blurred picture is one: near its inner edges the measurement depends on pixels
/// outside of the window, so it is left out there.
public struct CroppedOperator<Base: ForwardOperator>: ForwardOperator {
    /// The operator whose measurement, `[1, h, w, C]`, is cut.
    public let base: Base

    /// The rows of its measurement that were seen.
    public let rows: Range<Int>

    /// The columns of its measurement that were seen.
    public let columns: Range<Int>

    /// Cuts the measurement of an operator.
    ///
    /// - Parameters:
    ///   - base: The operator.
    ///   - rows: The rows of its measurement to keep.
    ///   - columns: The columns of its measurement to keep.
    public init(_ base: Base, rows: Range<Int>, columns: Range<Int>) {
        self.base = base
        self.rows = rows
        self.columns = columns
    }

    /// The shape of the picture.
    public var imageShape: [Int] { base.imageShape }

    /// The shape of what is left of the measurement.
    public var measurementShape: [Int] {
        [1, rows.count, columns.count, base.measurementShape[3]]
    }

    /// Computes the measurement and cuts it.
    ///
    /// - Parameter pixels: A picture.
    /// - Returns: Shape ``measurementShape``.
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> {
        base.apply(to: pixels).rectangle(rows: rows, columns: columns)
    }

    /// Turns the gradient of what is left into that of the picture.
    ///
    /// - Parameters:
    ///   - gradient: Shape ``measurementShape``.
    ///   - pixels: The picture at which the operator was computed.
    /// - Returns: The gradient with respect to the picture.
    public func pullback(of gradient: Tensor<Float>, at pixels: Tensor<Float>) -> Tensor<Float> {
        base.pullback(of: embedded(gradient), at: pixels)
    }

    /// The rectangle in a measurement of zeros.
    private func embedded(_ part: Tensor<Float>) -> Tensor<Float> {
        precondition(
            part.shape == measurementShape,
            "A cut to \(measurementShape) got a gradient of \(part.shape)")
        let (width, channels) = (base.measurementShape[2], base.measurementShape[3])
        return part.withUnsafeBuffer { part in
            Tensor(shape: base.measurementShape) { whole in
                whole.initialize(repeating: 0)
                let count = columns.count * channels
                for (number, row) in rows.enumerated() {
                    let first = (row * width + columns.lowerBound) * channels
                    for i in 0 ..< count { whole[first + i] = part[number * count + i] }
                }
            }
        }
    }
}

extension CroppedOperator: LinearOperator where Base: LinearOperator {
    /// Computes Aᵀ y.
    ///
    /// - Parameter measurement: Shape ``measurementShape``.
    /// - Returns: Shape ``imageShape``.
    public func applyAdjoint(to measurement: Tensor<Float>) -> Tensor<Float> {
        base.applyAdjoint(to: embedded(measurement))
    }
}
