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
    private var copied: [ExemplarPass.Area] = []

    /// Plans the holes.
    ///
    /// - Parameters:
    ///   - pass: How holes are filled.
    ///   - areas: Which.
    ///   - image: The picture.
    ///   - isGuided: Whether its holes have been filled softly.
    init(
        _ pass: ExemplarPass, filling areas: [ExemplarPass.Area], of image: Image, isGuided: Bool
    ) {
        self.pass = pass
        self.areas = areas
        self.image = image
        self.isGuided = isGuided
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

    /// The picture with those holes filled anew, and which were.
    func result() -> (image: Image, copied: [ExemplarPass.Area]) { (filled, copied) }

    private mutating func endArea() {
        let area = areas[number]
        if let pixels = run?.result() {
            pass.put(pixels, into: &filled, at: area)
            copied.append(area)
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
