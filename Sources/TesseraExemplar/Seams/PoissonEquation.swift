import TesseraTensor

/// Poisson's equation on the pixels of a hole: values whose differences come near given ones.
///
/// For each missing pixel p and each of its neighbours n in the picture, the value at p less that at n is to
/// be a given difference; known neighbours keep their values. P. Pérez, M. Gangnet and A. Blake, "Poisson
/// Image Editing", SIGGRAPH 2003. It is screened: each value is also drawn a little to a given one, so that
/// what does not fit at a border does not bleed far (P. Bhat et al., "Fourier Analysis of the 2D Screened
/// Poisson Equation for Gradient Domain Problems", ECCV 2008).
///
/// It is solved by conjugate gradients, preconditioned by a multigrid cycle over squares of two by two:
/// A. Napov and Y. Notay, "An Algebraic Multigrid Method with Guaranteed Convergence Rate", SIAM Journal on
/// Scientific Computing 2012, with one cycle and simple squares.
package struct PoissonEquation {
    /// The levels of squares, the pixels themselves first.
    private let levels: [Level]

    /// A level: unknowns on a grid, and how strongly neighbours pull at one another.
    struct Level {
        let height: Int
        let width: Int
        /// The sum of an unknown's pulls, those of known neighbours too; 0 where nothing is unknown.
        let diagonal: [Float]
        /// The pull of the right neighbour; 0 if it is known or there is none.
        let right: [Float]
        /// The pull of the neighbour below.
        let below: [Float]
    }

    /// Looks at a hole.
    ///
    /// - Parameters:
    ///   - isHole: Whether each pixel is missing, `[height, width]`.
    ///   - height: The number of rows.
    ///   - width: The number of columns.
    ///   - pull: How strongly each value is drawn to a given one, beside its neighbours.
    package init(isHole: [Bool], height: Int, width: Int, pull: Float) {
        var diagonal = [Float](repeating: 0, count: height * width)
        var right = diagonal
        var below = diagonal
        for y in 0 ..< height {
            for x in 0 ..< width where isHole[y * width + x] {
                let p = y * width + x
                diagonal[p] =
                    Float(
                        (y > 0 ? 1 : 0) + (x > 0 ? 1 : 0) + (y + 1 < height ? 1 : 0)
                            + (x + 1 < width ? 1 : 0)) + pull
                if x + 1 < width && isHole[p + 1] { right[p] = 1 }
                if y + 1 < height && isHole[p + width] { below[p] = 1 }
            }
        }
        var levels = [
            Level(height: height, width: width, diagonal: diagonal, right: right, below: below)
        ]
        while max(levels[levels.count - 1].height, levels[levels.count - 1].width) > 2 {
            levels.append(levels[levels.count - 1].halved())
        }
        self.levels = levels
    }

    /// Solves the equation.
    ///
    /// - Parameters:
    ///   - right: For each missing pixel the sum of the given differences, of the known neighbours' values, and of
    ///     the given value times its pull.
    ///   - start: Where to begin; 0 where nothing is missing.
    ///   - stepLimit: The most steps.
    /// - Returns: The values; 0 where nothing is missing.
    package func solve(
        _ right: [Float], from start: [Float], stepLimit: Int = maximumSteps
    ) -> [Float] {
        let solution = solution(right, from: start, stepLimit: stepLimit)
        while solution.next() {}
        return solution.values
    }

    /// Begins to solve the equation; see ``solve(_:from:stepLimit:)``.
    func solution(
        _ right: [Float], from start: [Float], stepLimit: Int = maximumSteps
    ) -> Solution {
        Solution(of: self, right, from: start, stepLimit: stepLimit)
    }

    /// The conjugate gradients on their way to a solution.
    final class Solution {
        private let equation: PoissonEquation
        private let goal: Double
        private var stepsLeft: Int
        private var r: [Float]
        private var z: [Float]
        private var p: [Float]
        private var rz: Double

        /// The values so far.
        private(set) var values: [Float]

        init(
            of equation: PoissonEquation, _ right: [Float], from start: [Float], stepLimit: Int
        ) {
            self.equation = equation
            values = start
            stepsLeft = stepLimit
            r = zip(right, equation.levels[0].applied(to: start)).map { $0 - $1 }
            goal = tolerance * tolerance * max(dot(right, right), 1e-30)
            z = equation.cycle(r, 0)
            p = z
            rz = dot(r, z)
        }

        /// Takes the next step.
        ///
        /// - Returns: Whether there was one to take.
        func next() -> Bool {
            guard stepsLeft > 0 && dot(r, r) > goal && rz > 0 else { return false }
            stepsLeft -= 1
            let ap = equation.levels[0].applied(to: p)
            let step = Float(rz / dot(p, ap))
            for i in values.indices {
                values[i] += step * p[i]
                r[i] -= step * ap[i]
            }
            z = equation.cycle(r, 0)
            let next = dot(r, z)
            let turn = Float(next / rz)
            for i in p.indices { p[i] = z[i] + turn * p[i] }
            rz = next
            return true
        }
    }

    /// The part of the right side that may be left: a tenth of an 8-bit level in holes of any width.
    package static let tolerance = 1e-5

    /// More than twice what large holes take.
    package static let maximumSteps = 100

    /// What a correction of a coarser level is multiplied by: squares move too little, being flat.
    private static let overcorrection: Float = 1.8

    /// One cycle from zero: a relaxation forth, the coarser levels' correction, and a relaxation back.
    private func cycle(_ r: [Float], _ number: Int) -> [Float] {
        let level = levels[number]
        var x = [Float](repeating: 0, count: r.count)
        level.relax(&x, towards: r, isForward: true)
        if number + 1 < levels.count {
            let left = zip(r, level.applied(to: x)).map { $0 - $1 }
            let coarse = levels[number + 1]
            var sums = [Float](repeating: 0, count: coarse.height * coarse.width)
            for y in 0 ..< level.height {
                for c in 0 ..< level.width {
                    sums[y / 2 * coarse.width + c / 2] += left[y * level.width + c]
                }
            }
            let correction = cycle(sums, number + 1)
            for y in 0 ..< level.height {
                for c in 0 ..< level.width where level.diagonal[y * level.width + c] > 0 {
                    x[y * level.width + c] +=
                        Self.overcorrection * correction[y / 2 * coarse.width + c / 2]
                }
            }
        }
        level.relax(&x, towards: r, isForward: false)
        return x
    }
}

extension PoissonEquation.Level {
    /// Squares of two by two: pulls between squares are the sums of those between their unknowns.
    fileprivate func halved() -> PoissonEquation.Level {
        let (rows, columns) = ((height + 1) / 2, (width + 1) / 2)
        var diagonal = [Float](repeating: 0, count: rows * columns)
        var right = diagonal
        var below = diagonal
        for y in 0 ..< height {
            for x in 0 ..< width {
                let (p, square) = (y * width + x, y / 2 * columns + x / 2)
                diagonal[square] += self.diagonal[p]
                if x % 2 == 1 {
                    right[square] += self.right[p]
                } else {
                    diagonal[square] -= 2 * self.right[p]
                }
                if y % 2 == 1 {
                    below[square] += self.below[p]
                } else {
                    diagonal[square] -= 2 * self.below[p]
                }
            }
        }
        return PoissonEquation.Level(
            height: rows, width: columns, diagonal: diagonal, right: right, below: below)
    }

    /// The operator: of each unknown its diagonal less its neighbours' pulls.
    fileprivate func applied(to x: [Float]) -> [Float] {
        [Float](unsafeUninitializedCapacity: x.count) { result, count in
            x.withUnsafeBufferPointer { x in
                for y in 0 ..< height {
                    for c in 0 ..< width {
                        let p = y * width + c
                        result[p] = diagonal[p] > 0 ? diagonal[p] * x[p] - pull(x, p, y, c) : 0
                    }
                }
            }
            count = x.count
        }
    }

    /// Sets each unknown to what its neighbours ask for, one after the other.
    fileprivate func relax(_ x: inout [Float], towards right: [Float], isForward: Bool) {
        x.withUnsafeMutableBufferPointer { x in
            for number in 0 ..< height * width {
                let p = isForward ? number : height * width - 1 - number
                guard diagonal[p] > 0 else { continue }
                x[p] =
                    (right[p] + pull(UnsafeBufferPointer(x), p, p / width, p % width)) / diagonal[p]
            }
        }
    }

    /// What the unknown neighbours pull.
    private func pull(_ x: UnsafeBufferPointer<Float>, _ p: Int, _ y: Int, _ c: Int) -> Float {
        var sum: Float = 0
        if c + 1 < width { sum += right[p] * x[p + 1] }
        if y + 1 < height { sum += below[p] * x[p + width] }
        if c > 0 { sum += right[p - 1] * x[p - 1] }
        if y > 0 { sum += below[p - width] * x[p - width] }
        return sum
    }
}

/// The sum of products.
private func dot(_ a: [Float], _ b: [Float]) -> Double {
    var sum = 0.0
    for (a, b) in zip(a, b) { sum += Double(a) * Double(b) }
    return sum
}
