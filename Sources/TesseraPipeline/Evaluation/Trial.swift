public import TesseraImage
public import TesseraInverse
public import TesseraPerception
import TesseraTensor

/// A picture degraded on purpose and recovered, to see how near the result comes.
public struct Trial: Sendable {
    /// What the picture is degraded by.
    public var degradation: Degradation

    /// How it is recovered.
    public var method: TrialMethod

    /// How tokens are sampled; its own method is replaced by ``method``.
    public var options: RecoveryOptions

    /// What tells how differently result and original look; `nil` to leave it out.
    public var perception: PerceptualDistance?

    /// Plans a trial.
    ///
    /// - Parameters:
    ///   - degradation: What the picture is degraded by.
    ///   - method: How it is recovered; must apply to the degradation.
    ///   - options: How tokens are sampled.
    ///   - perception: What tells how differently pictures look, or `nil`.
    public init(
        degradation: Degradation, method: TrialMethod, options: RecoveryOptions,
        perception: PerceptualDistance? = nil
    ) {
        precondition(
            method.applies(to: degradation),
            "The method '\(method.name)' cannot undo '\(degradation.name)'")
        self.degradation = degradation
        self.method = method
        self.options = options
        self.perception = perception
        if let sampling = method.sampling { self.options.method = sampling }
    }

    /// What a trial says.
    public struct Outcome: Sendable {
        /// How near the result is to the original picture.
        public let comparison: PictureComparison

        /// The result, and the residual of the sampled picture (see ``Recovered/residual``).
        public let recovered: Recovered

        /// How near the tokens of the original picture are to it, if there is a tokenizer.
        public let tokenizerPSNR: Double?

        /// The largest change of a sample outside of a hole, if there is one, in units of [-1, 1].
        public let changeOutside: Double?

        /// How near the degraded picture is, if it has the size and the colours of the original one.
        public let degradedPSNR: Double?

        /// The standard deviation of the measurement's noise, which a residual is held against.
        public let noise: Double

        /// How long recovering took, without degrading and comparing.
        public let duration: Duration
    }

    /// Runs the trial.
    ///
    /// - Parameters:
    ///   - image: The original picture.
    ///   - model: The model, if the method asks one.
    ///   - advance: Told after each step.
    /// - Returns: What came of it.
    public func run(
        on image: Image, with model: Model?,
        advance: (SamplingProgress<Image>) -> Void = { _ in }
    ) -> Outcome {
        let measured = degradation.measure(
            image, random: RandomSource(seed: options.seed, key: options.key))
        let start = ContinuousClock.now
        let recovered =
            if let hole = measured.hole, degradation.parameters.noise == .none {
                fill(measured, hole: hole, with: model, advance: advance)
            } else {
                recover(measured, with: model, advance: advance)
            }
        let duration = ContinuousClock.now - start
        let isPicture = measured.values.shape == measured.forwardOperator.imageShape
        return Outcome(
            comparison: measured.comparison(of: recovered.image, perception: perception),
            recovered: recovered,
            tokenizerPSNR: model.map {
                PictureComparison($0.reconstruct(measured.original).image, with: measured.original)
                    .psnr
            },
            changeOutside: measured.hole.map { hole in
                let changes = Inpainting(mask: hole).apply(
                    to: recovered.image.pixels.subtracting(measured.original.pixels))
                return Double(changes.elements.lazy.map(\.magnitude).max() ?? 0)
            },
            degradedPSNR: isPicture && degradation.givesPicture
                ? PictureComparison(measured.picture, with: measured.original).psnr : nil,
            noise: measured.noise, duration: duration)
    }

    /// Recovers a picture whose known pixels stay as they are.
    private func fill(
        _ measured: Measured, hole: PixelMask, with model: Model?,
        advance: (SamplingProgress<Image>) -> Void
    ) -> Recovered {
        let degraded = measured.picture
        if method.needsPrior, let model {
            return model.inpaint(degraded, hole: hole, options: options, advance: advance)
        }
        var (image, residual) = recoverWithoutPrior(measured, model: model)
        image.restoreSamples(of: degraded, outside: hole.tensor)
        return Recovered(image: image, residual: residual)
    }

    private func recover(
        _ measured: Measured, with model: Model?, advance: (SamplingProgress<Image>) -> Void
    ) -> Recovered {
        if method.needsPrior, let model {
            let (pixels, residual, decodeCount) = model.recover(
                measured.observed, measuredBy: measured.forwardOperator, noise: measured.noise,
                options: options
            ) { advance($0.map { Image(pixels: $0, like: measured.original) }) }
            return Recovered(
                image: Image(pixels: pixels, like: measured.original), residual: residual,
                decodeCount: decodeCount)
        }
        let (image, residual) = recoverWithoutPrior(measured, model: model)
        return Recovered(image: image, residual: residual)
    }

    private func recoverWithoutPrior(
        _ measured: Measured, model: Model?
    ) -> (image: Image, residual: Double) {
        let (forwardOperator, values) = (measured.forwardOperator, measured.observed)
        guard let baseline = method.baseline else {
            preconditionFailure("The method '\(method.name)' needs a model with a prior")
        }
        let estimate = baseline.estimate(of: measured, model: model)
        let residual = forwardOperator.residual(of: estimate, given: values)
        let isSampled = baseline.needsModel && options.isProjected
        let result =
            isSampled
            ? forwardOperator.dataConsistent(estimate, with: values, noise: measured.noise)
            : estimate
        return (Image(pixels: result, like: measured.original), residual)
    }
}
