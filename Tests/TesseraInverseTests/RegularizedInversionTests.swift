import Testing

import TesseraInverse
import TesseraTensor

/// A step between two flat halves, under noise.
@Suite struct RegularizedInversionTests {
    private static let side = 24
    private static let noise = 0.1

    private static func isLeft(_ index: Int) -> Bool { index / 3 % side < side / 2 }

    private let step = Tensor<Float>(
        shape: [1, side, side, 3],
        elements: (0 ..< side * side * 3).map { isLeft($0) ? 0.5 : -0.5 })

    private var measured: Tensor<Float> {
        let random = RandomSource(seed: 3)
        // Uniform within ±√3 σ.
        let values = step.elements.enumerated().map { index, value in
            value + Float(0.3464) * (random.uniform(step: 0, position: index) - 0.5)
        }
        return Tensor(shape: step.shape, elements: values)
    }

    private func error(of picture: Tensor<Float>) -> Float {
        let squares = zip(picture.elements, step.elements).map { ($0 - $1) * ($0 - $1) }
        return (squares.reduce(0, +) / Float(squares.count)).squareRoot()
    }

    private func inverted(edge: Double?, difference: Double) -> Tensor<Float> {
        RegularizedInversion(
            noise: Self.noise, difference: difference, magnitude: 1, edge: edge
        ).picture(
            explaining: measured, by: Denoising(height: Self.side, width: Self.side))
    }

    @Test func smoothsNoise() {
        #expect(error(of: measured) > 0.09)
        #expect(error(of: inverted(edge: nil, difference: 0.2)) < 0.08)
    }

    /// Whatever the strength, smoothing alone is worse than smoothing that knows edges.
    @Test(arguments: [0.03, 0.05, 0.1, 0.2]) func keepsEdges(difference: Double) {
        let kept = inverted(edge: 0.02, difference: 0.03)
        #expect(error(of: kept) < 0.04)
        #expect(error(of: kept) < 0.7 * error(of: inverted(edge: nil, difference: difference)))
    }

    @Test func givesTheMeasurementWithoutNoise() {
        let picture = RegularizedInversion(noise: 0, difference: 0.2, magnitude: 1)
            .picture(explaining: step, by: Denoising(height: Self.side, width: Self.side))
        #expect(error(of: picture) < 1e-3)
    }
}
