import TesseraInverse
import TesseraTensor
import TesseraTokens

/// The steps in which the holes of a picture are filled, one region around them after the other.
struct HoleSteps<Canvas: PixelCanvas>: SamplingSteps {
    private let canvas: Canvas
    private let mask: PixelMask
    private let model: Model
    private let options: RecoveryOptions
    private let regions: [HoleRegion]
    private var number = 0
    private var region: RegionSteps?
    private var doneStepCount = 0
    private var filled: Canvas
    private var residual = ResidualSum()
    private var decodeCount = 0

    /// Plans the regions.
    ///
    /// - Parameters:
    ///   - mask: The pixels to fill.
    ///   - canvas: The picture, of the mask's size.
    ///   - model: The model, with its prior.
    ///   - options: How to sample.
    init(
        filling mask: PixelMask, of canvas: Canvas, with model: Model, options: RecoveryOptions
    ) {
        self.canvas = canvas
        self.mask = mask
        self.model = model
        self.options = options
        filled = canvas
        regions = HoleRegion.covering(mask, side: model.tokenizer.pixelsPerToken)
    }

    mutating func next() -> SamplingProgress<Canvas>? {
        while number < regions.count {
            if region == nil {
                region = RegionSteps(
                    filling: regions[number], of: mask, canvas: canvas, with: model,
                    options: options)
            }
            if let progress = region?.next() { return counted(progress) }
            endRegion()
        }
        return nil
    }

    /// The number of steps in all, as progress counts them.
    var stepCount: Int { regions.reduce(0) { $0 + $1.windowCount } * options.stepCount }

    /// The picture with its holes filled; its other pixels may have changed a little.
    func result() -> Recovered<Canvas> {
        Recovered(image: filled, residual: residual.value, decodeCount: decodeCount)
    }

    private mutating func endRegion() {
        guard let recovered = region?.result() else { return }
        let ended = regions[number]
        filled.replacePixels(in: ended.rectangle, with: recovered.image)
        residual.add(
            recovered.residual, count: ended.hole.isHole.count - ended.hole.holeCount,
            of: ended.hole.isHole.count)
        decodeCount += recovered.decodeCount
        doneStepCount += ended.windowCount * options.stepCount
        region = nil
        number += 1
    }

    /// The progress of the whole picture; a region counts by its windows, however many steps it takes.
    private func counted(
        _ progress: SamplingProgress<Tensor<Float>>
    ) -> SamplingProgress<Canvas> {
        let rectangle = regions[number].rectangle
        let step =
            progress.step * regions[number].windowCount * options.stepCount / progress.stepCount
        return progress.map { [filled] pixels in
            var whole = filled
            whole.replacePixels(in: rectangle, with: pixels)
            return whole
        }.counted(step: doneStepCount + step, of: stepCount)
    }
}
