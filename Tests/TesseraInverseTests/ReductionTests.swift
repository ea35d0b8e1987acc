import TesseraInverse
import TesseraTensor
import Testing

/// A smooth picture that was reduced, with more noise than it has contrast.
@Suite struct ReductionTests {
    private let smooth = Tensor<Float>(
        shape: [1, 96, 128, 3],
        elements: (0 ..< 96 * 128 * 3).map { index in
            let (x, y, channel) = (index / 3 % 128, index / 3 / 128, index % 3)
            return Float(x) / 200 - Float(y) / 150 + 0.2 * Float(channel)
        })

    private func error(of picture: Tensor<Float>) -> Double {
        let difference = picture.combined(with: smooth) { $0 - $1 }.elements
        let sum = difference.reduce(0.0) { $0 + Double($1) * Double($1) }
        return (sum / Double(difference.count)).squareRoot()
    }

    @Test(arguments: [true, false])
    func muchNoiseLeavesTheLargeShapes(isPooled: Bool) {
        let forwardOperator: any RecoverableOperator =
            isPooled
            ? AveragePooling(factor: 4, height: 96, width: 128)
            : SuperResolution(factor: 4, height: 96, width: 128)
        let gray = Tensor<Float>(shape: smooth.shape, repeating: 0)
        #expect(error(of: gray) > 0.35)
        let noise = 0.3
        let measured = MeasurementNoise.gaussian(deviation: noise)
            .added(to: forwardOperator.apply(to: smooth), random: RandomSource(seed: 2))
        #expect(error(of: forwardOperator.initialEstimate(from: measured, noise: noise)) < 0.1)
        // A sampled picture that is right stays so, and one that knows nothing is moved a part of the way.
        #expect(
            error(of: forwardOperator.dataConsistent(smooth, with: measured, noise: noise)) < 0.05)
        #expect(error(of: forwardOperator.dataConsistent(gray, with: measured, noise: noise)) < 0.3)
    }
}
