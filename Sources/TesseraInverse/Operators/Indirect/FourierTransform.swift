import Glibc
import TesseraTensor

/// The orthonormal Fourier transform of pictures on a larger canvas, as products with matrices.
///
/// Zero frequency lies in the middle (numpy's `fftshift`). For the few hundred pixels that phase retrieval
/// works on, two products take some ten milliseconds, whatever the factors of the size. Planes are
/// `[C, height, width]`; spectra have two parts, real and imaginary, of `[C, columns, rows]`: transposed.
struct FourierTransform: Sendable {
    let height: Int
    let width: Int
    let rowCount: Int
    let columnCount: Int
    private let columns: PackedMatrix
    private let rows: PackedMatrix
    private let columnsBack: PackedMatrix
    private let rowsBack: PackedMatrix

    /// Plans the transform of planes that lie anywhere on a canvas of zeros.
    ///
    /// - Parameters:
    ///   - height: The rows of a plane.
    ///   - width: The columns of a plane.
    ///   - rowCount: The rows of the canvas.
    ///   - columnCount: The columns of the canvas.
    init(height: Int, width: Int, rowCount: Int, columnCount: Int) {
        self.height = height
        self.width = width
        self.rowCount = rowCount
        self.columnCount = columnCount
        let columnMatrix = FourierTransform.matrix(count: columnCount, of: width)
        let rowMatrix = FourierTransform.matrix(count: rowCount, of: height)
        columns = PackedMatrix(columnMatrix)
        rows = PackedMatrix(rowMatrix)
        columnsBack = PackedMatrix(columnMatrix.transposed)
        rowsBack = PackedMatrix(rowMatrix.transposed)
    }

    /// Cosines, then negative sines: `[2 count, size]`.
    private static func matrix(count: Int, of size: Int) -> Tensor<Float> {
        let scale = 1 / Double(count).squareRoot()
        return Tensor(shape: [2 * count, size]) { matrix in
            for k in 0 ..< count {
                for n in 0 ..< size {
                    // Reduced first, so that the angle is exact.
                    let turn = Double(((k - count / 2) * n % count + count) % count) / Double(count)
                    let angle = 2 * Double.pi * turn
                    matrix.initializeElement(at: k * size + n, to: Float(cos(angle) * scale))
                    matrix.initializeElement(
                        at: (count + k) * size + n, to: Float(-sin(angle) * scale))
                }
            }
        }
    }

    /// The spectrum of planes `[C, height, width]`.
    func forward(_ planes: Tensor<Float>) -> (real: Tensor<Float>, imaginary: Tensor<Float>) {
        let count = planes.shape[0]
        let narrow = product(planes, columns).reshaped(to: [count, height, 2 * columnCount])
        let both = product(narrow.swappingAxes, rows)
        let shape = [count, columnCount, rowCount]
        let real = Tensor<Float>(shape: shape) { real in
            both.withUnsafeBuffer { both in
                forEach(planeCount: count) { target, cc, cs, sc, ss in
                    real.initializeElement(at: target, to: both[cc] - both[ss])
                }
            }
        }
        let imaginary = Tensor<Float>(shape: shape) { imaginary in
            both.withUnsafeBuffer { both in
                forEach(planeCount: count) { target, cc, cs, sc, ss in
                    imaginary.initializeElement(at: target, to: both[cs] + both[sc])
                }
            }
        }
        return (real, imaginary)
    }

    /// The adjoint, which is the inverse cut to the planes: real parts `[C, height, width]`.
    func adjoint(real: Tensor<Float>, imaginary: Tensor<Float>) -> Tensor<Float> {
        let count = real.shape[0]
        let both = Tensor<Float>(shape: [count, 2 * columnCount, 2 * rowCount]) { both in
            real.withUnsafeBuffer { real in
                imaginary.withUnsafeBuffer { imaginary in
                    forEach(planeCount: count) { source, cc, cs, sc, ss in
                        both.initializeElement(at: cc, to: real[source])
                        both.initializeElement(at: ss, to: -real[source])
                        both.initializeElement(at: cs, to: imaginary[source])
                        both.initializeElement(at: sc, to: imaginary[source])
                    }
                }
            }
        }
        let narrow = product(both, rowsBack)
        return product(narrow.swappingAxes, columnsBack).reshaped(to: [count, height, width])
    }

    /// Visits each frequency with its places among products of cosines and sines.
    @inline(__always)
    private func forEach(
        planeCount: Int,
        _ body: (_ frequency: Int, _ cc: Int, _ cs: Int, _ sc: Int, _ ss: Int) -> Void
    ) {
        for plane in 0 ..< planeCount {
            for column in 0 ..< columnCount {
                let first = (plane * columnCount + column) * rowCount
                let cosines = (plane * 2 * columnCount + column) * 2 * rowCount
                let sines = cosines + columnCount * 2 * rowCount
                for row in 0 ..< rowCount {
                    body(
                        first + row, cosines + row, cosines + rowCount + row, sines + row,
                        sines + rowCount + row)
                }
            }
        }
    }
}

extension Tensor<Float> {
    /// The last two of three axes in the other order.
    var swappingAxes: Tensor {
        permuting([shape[0], shape[2], shape[1]]) { a, b, c in (a * shape[1] + c) * shape[2] + b }
    }

    /// The rows of a matrix as columns.
    fileprivate var transposed: Tensor {
        reshaped(to: [1] + shape).swappingAxes.reshaped(to: shape.reversed())
    }

    /// A tensor of three axes whose elements come from places of this one.
    @inline(__always)
    func permuting(_ newShape: [Int], from place: (Int, Int, Int) -> Int) -> Tensor {
        withUnsafeBuffer { source in
            Tensor(shape: newShape) { target in
                var next = 0
                for a in 0 ..< newShape[0] {
                    for b in 0 ..< newShape[1] {
                        for c in 0 ..< newShape[2] {
                            target.initializeElement(at: next, to: source[place(a, b, c)])
                            next += 1
                        }
                    }
                }
            }
        }
    }
}
