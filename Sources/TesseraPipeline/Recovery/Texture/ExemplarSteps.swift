import TesseraExemplar
import TesseraImage
import TesseraInverse

/// The steps in which holes of a picture are filled from exemplars, one hole after the other.
struct ExemplarSteps: SamplingSteps {
    private let pass: ExemplarPass
    private let isGuided: Bool
    private let areas: [ExemplarPass.Area]
    private let image: Image
    private var number = 0
    private var run: ExemplarRun?
    private var doneRoundCount = 0
    private var filled: Image
    private var copiedCount = 0

    /// Plans the holes.
    ///
    /// - Parameters:
    ///   - pass: Which holes, and how.
    ///   - image: The picture.
    ///   - isGuided: Whether its holes have been filled softly.
    init(_ pass: ExemplarPass, of image: Image, isGuided: Bool) {
        self.pass = pass
        self.image = image
        self.isGuided = isGuided
        areas = pass.areas(isGuided: isGuided)
        filled = image
    }

    mutating func next() -> SamplingProgress<Image>? {
        while number < areas.count {
            let run = run ?? pass.run(areas[number], of: image, isGuided: isGuided)
            self.run = run
            if let step = run.next() { return progress(doneRoundCount + step.round) }
            endArea()
        }
        return nil
    }

    /// The picture with those holes filled anew, and how many pixels were copied.
    func result() -> (image: Image, copiedCount: Int) { (filled, copiedCount) }

    private mutating func endArea() {
        let area = areas[number]
        if let pixels = run?.result() {
            pass.put(pixels, into: &filled, at: area)
            copiedCount += pass.hole.window(area.rectangle).holeCount
        }
        doneRoundCount += area.roundCount
        run = nil
        number += 1
    }

    private func progress(_ round: Int) -> SamplingProgress<Image> {
        SamplingProgress(
            step: round, of: areas.reduce(0) { $0 + $1.roundCount }, isCopying: true
        ) { [filled] in filled }
    }
}

/// The steps in which a model fills holes, and those in which pixels are then copied into them.
struct TexturedSteps<Base: SamplingSteps>: SamplingSteps
where Base.Preview == Image, Base.Outcome == Recovered<Image> {
    private var base: Base
    private let pass: ExemplarPass
    private let roundCount: Int
    private var stepCount = 0
    private var soft: Recovered<Image>?
    private var copying: ExemplarSteps?

    /// Appends a pass.
    ///
    /// - Parameters:
    ///   - base: The steps in which holes are filled softly.
    ///   - pass: What then fills them from exemplars.
    init(_ base: Base, then pass: ExemplarPass) {
        self.base = base
        self.pass = pass
        roundCount = pass.areas(isGuided: true).reduce(0) { $0 + $1.roundCount }
    }

    mutating func next() -> SamplingProgress<Image>? {
        if soft == nil {
            if let progress = base.next() {
                stepCount = progress.stepCount
                return progress.counted(
                    step: progress.step, of: progress.stepCount + roundCount)
            }
            let recovered = base.result()
            soft = recovered
            copying = ExemplarSteps(pass, of: recovered.image, isGuided: true)
        }
        return copying?.next().map {
            $0.counted(step: stepCount + $0.step, of: stepCount + roundCount)
        }
    }

    func result() -> Recovered<Image> {
        guard let soft, let (image, copiedCount) = copying?.result() else {
            preconditionFailure("Holes are filled after all steps")
        }
        return Recovered(
            image: image, residual: soft.residual, noise: soft.noise,
            decodeCount: soft.decodeCount, copiedCount: copiedCount)
    }
}
