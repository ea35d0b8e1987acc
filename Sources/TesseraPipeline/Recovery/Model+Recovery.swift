public import TesseraInverse
import TesseraPosterior
public import TesseraTensor
import TesseraTokens

extension Model {
    /// The largest picture that can be recovered from a measurement whose parts cannot be told apart,
    /// in pixels a side: one window.
    public var maximumSideAtOnce: Int { RecoveryWindow.maximumSide * tokenizer.pixelsPerToken }

    /// Recovers a picture from a measurement by any operator.
    ///
    /// All tokens are sampled, starting from the rough picture that the operator makes of the measurement;
    /// large pictures go window by window. The decoded picture is then moved to where it explains the
    /// measurement as well as its noise allows.
    ///
    /// - Parameters:
    ///   - measurement: y, of the operator's measurement shape.
    ///   - map: The operator.
    ///   - noise: The standard deviation of the measurement's noise, in units of [-1, 1]; 0 for none.
    ///   - options: How to sample.
    ///   - advance: Told after each step.
    /// - Returns: The picture, of the operator's image shape in [-1, 1], the residual and the number of
    ///   decodes (see ``Recovered/residual`` and ``Recovered/decodeCount``).
    /// - Precondition: An operator whose measurement has no parts has a picture of at most
    ///   ``maximumSideAtOnce`` pixels a side.
    public func recover(
        _ measurement: Tensor<Float>, measuredBy map: some RecoverableOperator, noise: Double = 0,
        options: RecoveryOptions = RecoveryOptions(),
        advance: (SamplingProgress<Tensor<Float>>) -> Void = { _ in }
    ) -> (pixels: Tensor<Float>, residual: Double, decodeCount: Int) {
        let (height, width) = (map.imageShape[1], map.imageShape[2])
        let rough = tokenizer.encode(map.initialEstimate(from: measurement, noise: noise))
        let problem = RecoveryProblem(
            height: height, width: width,
            start: TokenGrid(
                maskedHeight: rough.height, width: rough.width, vocabulary: rough.vocabulary),
            rough: rough, trust: map.initialEstimateWeights(ofSquares: tokenizer.pixelsPerToken)
        ) { rectangle in
            if rectangle.height == height && rectangle.width == width {
                return ImageMeasurement(of: map, values: measurement, noise: noise)
            }
            guard
                let part = map.part(
                    rows: rectangle.rows, columns: rectangle.columns, of: measurement)
            else {
                preconditionFailure("A picture of \(width) x \(height) pixels is too large for it")
            }
            return ImageMeasurement(of: part.forwardOperator, values: part.values, noise: noise)
        }
        // What a grid decodes to, before and after it is moved to where it explains the measurement.
        let pictures = { (grid: TokenGrid) in
            let decoded = tokenizer.decode(grid, height: height, width: width)
            guard options.isProjected else { return (decoded, decoded) }
            return (decoded, map.dataConsistent(decoded, with: measurement, noise: noise))
        }
        let (grid, decodeCount) = recover(problem, options: options) { progress in
            advance(progress.map { pictures($0).1 })
        }
        let (decoded, result) = pictures(grid)
        return (result, map.residual(of: decoded, given: measurement), decodeCount)
    }
}
