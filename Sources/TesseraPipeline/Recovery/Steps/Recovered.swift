/// What was recovered from a measurement.
public struct Recovered<Picture> {
    /// The picture.
    public let image: Picture

    /// The root mean square of what the sampled picture, before it is made consistent with the
    /// measurement, differs from it; in units of the pixels' range [-1, 1].
    public let residual: Double

    /// The standard deviation of the measurement's noise that was reckoned with, in the same units: a
    /// picture that explains the measurement has a residual of about so much.
    public let noise: Double

    /// What else the picture told about its noise, where noise is what was undone.
    public let judgedNoise: JudgedNoise

    /// How often sampling decoded the picture, or windows of it; with the gradient counts as once.
    public let decodeCount: Int

    /// How many pixels of holes were copied from elsewhere in the picture.
    public let copiedCount: Int

    init(
        image: Picture, residual: Double, noise: Double = 0,
        judgedNoise: JudgedNoise = JudgedNoise(), decodeCount: Int = 0, copiedCount: Int = 0
    ) {
        self.judgedNoise = judgedNoise
        self.copiedCount = copiedCount
        self.image = image
        self.residual = residual
        self.noise = noise
        self.decodeCount = decodeCount
    }

    /// The same recovery, its picture made into another kind.
    func map<Other>(_ transform: (Picture) -> Other) -> Recovered<Other> {
        Recovered<Other>(
            image: transform(image), residual: residual, noise: noise,
            judgedNoise: judgedNoise, decodeCount: decodeCount,
            copiedCount: copiedCount)
    }

    /// The same recovery after more decodes.
    func adding(decodeCount more: Int) -> Recovered {
        Recovered(
            image: image, residual: residual, noise: noise,
            judgedNoise: judgedNoise, decodeCount: decodeCount + more,
            copiedCount: copiedCount)
    }
}

extension Recovered: Sendable where Picture: Sendable {}
