/// A degradation without noise that a network can be trained to undo, and how much of it there is.
///
/// What such a network reads is the operator's plain estimate: `Training/tessera_training/degradations.py` makes the
/// same. Its level stands where a denoiser is told the deviation of noise.
public enum TrainedDegradation: Hashable, Sendable {
    /// A JPEG, and the mean step of its luma's 64 coefficients, in levels of 8 bits.
    case compression(meanStep: Double)

    /// An antialiased bicubic reduction by a factor, from 2 to 4.
    case reduction(factor: Int)

    /// How much there is, as a network is told.
    public var level: Double {
        switch self {
        case .compression(let meanStep): meanStep.squareRoot() / 16
        case .reduction(let factor): Double(factor) / 8
        }
    }
}
