/// How far the recovery of a picture is.
public struct SamplingProgress<Picture> {
    /// The number of steps that are done.
    public let step: Int

    /// The number of steps in all.
    public let stepCount: Int

    /// Whether this was work for steps to come, which is not counted: ``step`` is what it was before.
    ///
    /// A wide hole is first filled at half the size.
    public let isPreparatory: Bool

    /// Whether pixels are copied into holes, which follows sampling; the preview has the holes that are done.
    ///
    /// In wide holes ``step`` stays what it is for several of these steps.
    public let isCopying: Bool

    private let makePreview: () -> Picture

    /// The picture as it stands, computed when it is asked for: that is one decode.
    public var preview: Picture { makePreview() }

    init(
        step: Int, of stepCount: Int, isPreparatory: Bool = false, isCopying: Bool = false,
        preview: @escaping () -> Picture
    ) {
        self.isCopying = isCopying
        self.step = step
        self.stepCount = stepCount
        self.isPreparatory = isPreparatory
        makePreview = preview
    }

    /// The same progress, with a preview of another kind.
    func map<Other>(_ transform: @escaping (Picture) -> Other) -> SamplingProgress<Other> {
        SamplingProgress<Other>(
            step: step, of: stepCount, isPreparatory: isPreparatory, isCopying: isCopying
        ) { transform(makePreview()) }
    }

    /// The same picture, as a step of a longer job.
    func counted(step: Int, of stepCount: Int) -> SamplingProgress {
        SamplingProgress(
            step: step, of: stepCount, isPreparatory: isPreparatory, isCopying: isCopying,
            preview: makePreview)
    }

    /// The same picture, as work for steps that are yet to come.
    var preparatory: SamplingProgress {
        SamplingProgress(step: 0, of: stepCount, isPreparatory: true, preview: makePreview)
    }
}
