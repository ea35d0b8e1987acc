import Glibc
import TesseraTensor

/// The curve by which light becomes pixel values: a power, made straight near black.
///
/// f(v) = ((v + ε)^(1/γ) - ε^(1/γ)) / ((1 + ε)^(1/γ) - ε^(1/γ)) takes [0, 1] to [0, 1]; the offset ε
/// keeps its slope finite in black. Values outside of [0, 1] follow the tangents at the ends.
struct ToneCurve: Sendable {
    private let gamma: Double
    private let offset = 0.01
    private let low: Double
    private let high: Double

    init(gamma: Double) {
        precondition(gamma > 0, "A gamma is above 0, but got \(gamma)")
        self.gamma = gamma
        low = pow(offset, 1 / gamma)
        high = pow(1 + offset, 1 / gamma)
    }

    /// The pixel value in [-1, 1] of an amount of light, and the slope there.
    func pixel(ofLight light: Float) -> (value: Float, slope: Float) {
        let inside = min(max(Double(light), 0), 1)
        let root = pow(inside + offset, 1 / gamma)
        let slope = 2 * root / ((inside + offset) * gamma * (high - low))
        let value = 2 * (root - low) / (high - low) - 1
        return (Float(value + slope * (Double(light) - inside)), Float(slope))
    }

    /// The amount of light in [0, 1] of a pixel value, and the slope there.
    func light(ofPixel pixel: Float) -> (value: Float, slope: Float) {
        let inside = min(max(Double(pixel), -1), 1)
        let root = low + (inside + 1) / 2 * (high - low)
        let power = pow(root, gamma)
        let slope = gamma * power / root * (high - low) / 2
        return (Float(power - offset + slope * (Double(pixel) - inside)), Float(slope))
    }
}
