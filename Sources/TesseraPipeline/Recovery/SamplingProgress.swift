/// How far the sampling of a picture is.
public struct SamplingProgress<Picture> {
    /// The number of steps that are done.
    public let step: Int

    /// The number of steps in all.
    public let stepCount: Int

    private let makePreview: () -> Picture

    /// The picture as it stands, computed when it is asked for: that is one decode.
    public var preview: Picture { makePreview() }

    init(step: Int, stepCount: Int, preview: @escaping () -> Picture) {
        self.step = step
        self.stepCount = stepCount
        makePreview = preview
    }

    /// The same progress, with a preview of another kind.
    func map<Other>(_ transform: @escaping (Picture) -> Other) -> SamplingProgress<Other> {
        SamplingProgress<Other>(step: step, stepCount: stepCount) { transform(makePreview()) }
    }

    /// The same picture, as a step of a longer job.
    func counted(step: Int, of stepCount: Int) -> SamplingProgress {
        SamplingProgress(step: step, stepCount: stepCount, preview: makePreview)
    }
}
