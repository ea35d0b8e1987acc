import TesseraInverse
import TesseraTensor

/// The steps in which a denoiser and an operator, in turn, recover an image from its measurement.
///
/// A network beside the denoiser that was trained for what the operator does sees the image turned in a few ways.
/// A sharpener comes last, if the image is not to be faithful.
struct PixelSteps: SamplingSteps {
    private let measured: PixelMeasurement
    private let start: Tensor<Float>
    private let startShare: Float
    private let restoringStepCount: Int
    /// Gives the image the texture of photographs; `nil` if it is to be left as it is.
    private let sharpener: (any PixelDenoiser)?
    private let look: Look
    private var steps: any IteratorProtocol<Tensor<Float>>
    private var number = 0
    private var image: Tensor<Float>

    /// In how many ways an image is turned for a network that was trained for what is to be undone.
    ///
    /// The mean of eight is 0.07 dB nearer than one (`Documentation/Decisions/0035-trained-for-the-task.md`); beyond
    /// two megapixels it would take minutes.
    private static func turnCount(pixelCount: Int) -> Int { pixelCount > 1 << 21 ? 1 : 8 }

    /// Begins an image.
    ///
    /// - Parameters:
    ///   - measured: What is known of the image.
    ///   - sampled: An image that a model of tokens found; `nil` to start from the measurement.
    ///   - denoiser: What images are like.
    ///   - look: How the image looks.
    /// - Precondition: The operator has a plan for a denoiser. A look that is not faithful needs a denoiser with a
    ///   sharpener.
    init(
        recovering measured: PixelMeasurement, from sampled: Tensor<Float>? = nil,
        with denoiser: any PixelDenoiser, look: Look = .faithful
    ) {
        precondition(
            look == .faithful || denoiser.sharpener != nil,
            "The look '\(look.name)' needs a sharpener beside the denoiser")
        let denoiser: any PixelDenoiser =
            if let noise = measured.judgedNoise.byBrightness {
                BrightnessDenoiser(denoiser, for: noise)
            } else { denoiser }
        self.look = look
        sharpener = look == .faithful ? nil : denoiser.sharpener
        let forwardOperator = measured.forwardOperator
        let start = sampled ?? forwardOperator.plainEstimate(from: measured.values)
        self.measured = measured
        self.start = start
        image = start
        if sampled == nil, measured.noise == 0, let trained = forwardOperator.trainedDegradation,
            let network = denoiser.network(trainedFor: trained)
        {
            startShare = 0
            restoringStepCount = Self.turnCount(pixelCount: start.shape[1] * start.shape[2])
            steps = network.turningSteps(
                from: start, level: trained.level, count: restoringStepCount)
            return
        }
        guard
            let plan = forwardOperator.splitting(noise: measured.noise, isSampled: sampled != nil)
        else { preconditionFailure("A denoiser cannot recover what the operator measures") }
        startShare = Float(plan.startShare)
        restoringStepCount = plan.stepCount
        steps = forwardOperator.steps(
            plan, from: start, explaining: measured.values, noise: measured.noise,
            denoiser: denoiser)
    }

    mutating func next() -> SamplingProgress<Tensor<Float>>? {
        let stepCount = restoringStepCount + (sharpener == nil ? 0 : 1)
        if let restored = steps.next() {
            image = restored
        } else if number < stepCount, let sharpener {
            let share = Float(look.sharpness)
            let sharp = sharpener.denoised(image.clampedToPixels, deviation: 0)
            image = image.combined(with: sharp) { $0 + share * ($1 - $0) }
        } else {
            return nil
        }
        number += 1
        return SamplingProgress(step: number, of: stepCount) { [image] in image.clampedToPixels }
    }

    /// The pixels in [-1, 1], and how far they are from the measurement.
    func result() -> Recovered<Tensor<Float>> {
        let forwardOperator = measured.forwardOperator
        let image =
            startShare > 0 ? image.combined(with: start) { $0 + startShare * ($1 - $0) } : image
        let residual = forwardOperator.residual(of: image, given: measured.values)
        // Without noise the measurement holds.
        let consistent =
            measured.noise == 0
            ? forwardOperator.proximal(of: image, given: measured.values, weight: 1e-4) : nil
        return Recovered(
            image: (consistent ?? image).clampedToPixels, residual: residual,
            noise: measured.noise, judgedNoise: measured.judgedNoise)
    }
}

/// What is known of an image whose pixels are to be found.
struct PixelMeasurement {
    /// A: how the measurement comes from the image.
    let forwardOperator: any RecoverableOperator

    /// y: what was measured.
    let values: Tensor<Float>

    /// The standard deviation of its noise, in units of [-1, 1]; 0 for none.
    let noise: Double

    /// What else is known of the noise, where it is what is to be undone.
    var judgedNoise = JudgedNoise()
}

extension PixelDenoiser {
    /// The mean of what a network makes of an image turned and mirrored in so many ways, a way a step.
    ///
    /// R. Timofte, R. Rothe and L. Van Gool, "Seven Ways to Improve Example-Based Single Image Super Resolution",
    /// CVPR 2016.
    fileprivate func turningSteps(
        from start: Tensor<Float>, level: Double, count: Int
    ) -> any IteratorProtocol<Tensor<Float>> {
        sequence(state: (number: 0, mean: start)) { state in
            guard state.number < count else { return nil }
            let found = denoised(start.turned(state.number), deviation: level)
                .turnedBack(state.number)
            state.number += 1
            let share = 1 / Float(state.number)
            state.mean = state.mean.combined(with: found) { $0 + share * ($1 - $0) }
            return state.mean
        }.makeIterator()
    }
}

extension RecoverableOperator {
    /// The steps of a plan, with the operator's own type.
    fileprivate func steps(
        _ plan: HalfQuadraticSplitting, from start: Tensor<Float>,
        explaining measurement: Tensor<Float>, noise: Double, denoiser: any PixelDenoiser
    ) -> any IteratorProtocol<Tensor<Float>> {
        plan.steps(
            from: start, explaining: measurement, by: self, noise: noise, denoiser: denoiser
        ).makeIterator()
    }
}
