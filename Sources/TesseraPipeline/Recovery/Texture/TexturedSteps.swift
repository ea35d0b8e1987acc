import TesseraImage
import TesseraInverse
import TesseraTensor
import TesseraTokens

/// The steps in which a model fills holes, and those in which pixels of the picture are copied into them.
///
/// Holes that need no guide come first, so that the model is not asked about them; those that it has filled
/// softly are then filled from exemplars by its guidance.
struct TexturedSteps<Base: SamplingSteps>: SamplingSteps
where Base.Preview == Image, Base.Outcome == Recovered<Image> {
    private let image: Image
    private let pass: ExemplarPass
    private let makeBase: (Image, PixelMask) -> Base
    private let stepCount: Int
    private let guidedAreas: [ExemplarPass.Area]
    private let wideRoundCount: Int
    private let guidedRoundCount: Int

    private var wide: ExemplarSteps
    private var base: Base?
    private var soft: Recovered<Image>?
    private var guided: ExemplarSteps?

    /// Plans the steps.
    ///
    /// - Parameters:
    ///   - image: The picture.
    ///   - pass: How its holes are filled from exemplars.
    ///   - stepCount: The number of steps in which the model fills the holes of a mask.
    ///   - makeBase: Begins these, for a picture and what is left to fill of it.
    init(
        filling image: Image, by pass: ExemplarPass, after stepCount: (PixelMask) -> Int,
        of makeBase: @escaping (Image, PixelMask) -> Base
    ) {
        let areas = pass.areas(isGuided: true)
        let wideAreas = areas.filter { !$0.isGuided }
        self.image = image
        self.pass = pass
        self.makeBase = makeBase
        guidedAreas = areas.filter(\.isGuided)
        wideRoundCount = wideAreas.reduce(0) { $0 + $1.roundCount }
        guidedRoundCount = guidedAreas.reduce(0) { $0 + $1.roundCount }
        self.stepCount = stepCount(pass.hole.withoutHoles(in: wideAreas.map(\.rectangle)))
        wide = ExemplarSteps(pass, filling: wideAreas, of: image, isGuided: false)
    }

    mutating func next() -> SamplingProgress<Image>? {
        if base == nil {
            if let progress = wide.next() { return counted(progress, from: 0) }
            let (filled, copied) = wide.result()
            base = makeBase(filled, pass.hole.withoutHoles(in: copied.map(\.rectangle)))
        }
        if guided == nil {
            if let progress = base?.next() {
                let step = progress.step * stepCount / max(progress.stepCount, 1)
                return counted(progress.counted(step: step, of: stepCount), from: wideRoundCount)
            }
            guard let recovered = base?.result() else { return nil }
            soft = recovered
            guided = ExemplarSteps(pass, filling: guidedAreas, of: recovered.image, isGuided: true)
        }
        return guided?.next().map { counted($0, from: wideRoundCount + stepCount) }
    }

    func result() -> Recovered<Image> {
        guard let soft, let (image, copied) = guided?.result() else {
            preconditionFailure("Holes are filled after all steps")
        }
        let copiedCount = (wide.result().copied + copied).reduce(0) {
            $0 + pass.hole.window($1.rectangle).holeCount
        }
        return Recovered(
            image: image, residual: soft.residual, noise: soft.noise,
            decodeCount: soft.decodeCount, copiedCount: copiedCount)
    }

    private func counted(
        _ progress: SamplingProgress<Image>, from first: Int
    ) -> SamplingProgress<Image> {
        progress.counted(
            step: first + progress.step, of: wideRoundCount + stepCount + guidedRoundCount)
    }
}

extension PixelMask {
    /// The mask without what is missing inside of rectangles.
    fileprivate func withoutHoles(in rectangles: [PixelRectangle]) -> PixelMask {
        guard !rectangles.isEmpty else { return self }
        var isHole = isHole
        for rectangle in rectangles {
            for y in rectangle.rows {
                for x in rectangle.columns { isHole[y * width + x] = false }
            }
        }
        return PixelMask(height: height, width: width, isHole: isHole)
    }
}
