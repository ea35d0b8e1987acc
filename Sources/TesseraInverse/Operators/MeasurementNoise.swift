import Glibc
public import TesseraTensor

/// What is added to a measurement by chance.
public enum MeasurementNoise: Sendable, Hashable {
    /// Nothing.
    case none

    /// Normal noise of a standard deviation σ in units of pixels in [-1, 1].
    ///
    /// Papers that say "σ = 0.05" mean this; in [0, 1] it is half as much.
    case gaussian(deviation: Double)

    /// The noise of counted light: a value v in [-1, 1] becomes a Poisson count of mean peak · (v + 1) / 2,
    /// divided by the peak again. Peaks go up to 500.
    case poisson(peak: Double)

    /// Adds the noise to a measurement.
    ///
    /// - Parameters:
    ///   - measurement: What an operator gave.
    ///   - random: The source; each value has a place of its own in it.
    /// - Returns: The noisy measurement, not clamped.
    public func added(to measurement: Tensor<Float>, random: RandomSource) -> Tensor<Float> {
        guard self != .none else { return measurement }
        return measurement.withUnsafeBuffer { values in
            Tensor(shape: measurement.shape) { noisy in
                for i in values.indices {
                    noisy.initializeElement(
                        at: i, to: sample(values[i], random: random, position: i))
                }
            }
        }
    }

    private func sample(_ value: Float, random: RandomSource, position: Int) -> Float {
        switch self {
        case .none: return value
        case .gaussian(let deviation):
            return value + Float(deviation) * random.normal(step: 3, position: position)
        case .poisson(let peak):
            let mean = peak * (Double(min(max(value, -1), 1)) + 1) / 2
            let words = random.bits(step: 4, position: position)
            let uniform =
                (Double(words.x) * 0x1p32 + Double(words.y) + 0.5) * 0x1p-64
            return Float(2 * Double(poissonQuantile(uniform, mean: mean)) / peak - 1)
        }
    }

    /// The standard deviation of the noise of a measurement, σ in units of [-1, 1].
    ///
    /// - Parameter measurement: What was measured; the noise of counted light depends on it.
    /// - Returns: The root mean square over the measurement.
    public func deviation(in measurement: Tensor<Float>) -> Double {
        switch self {
        case .none: return 0
        case .gaussian(let deviation): return deviation
        case .poisson(let peak):
            let light = measurement.withUnsafeBuffer { values in
                values.reduce(0.0) { $0 + Double(max($1 + 1, 0)) / 2 }
            }
            return 2 * (light / Double(max(measurement.count, 1)) / peak).squareRoot()
        }
    }
}

/// The least count whose cumulative Poisson probability reaches a number in (0, 1).
private func poissonQuantile(_ uniform: Double, mean: Double) -> Int {
    precondition(mean <= 500, "Counts of a mean up to 500 can be drawn, but not of \(mean)")
    var count = 0
    var probability = exp(-mean)
    var sum = probability
    // Rounding may keep the sum below a number next to 1; ten deviations are far enough.
    let last = Int(mean + 10 * mean.squareRoot() + 20)
    while sum < uniform && count < last {
        count += 1
        probability *= mean / Double(count)
        sum += probability
    }
    return count
}
