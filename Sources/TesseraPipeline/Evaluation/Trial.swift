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
        public let recovered: Recovered<Image>

        /// How near the tokens of the original picture are to it, if there is a tokenizer.
        public let tokenizerPSNR: Double?

        /// The largest change of a sample outside of a hole, if there is one, in units of [-1, 1].
        public let changeOutside: Double?

        /// How near the degraded picture is, if it has the size and the colours of the original one.
        public let degradedPSNR: Double?

        /// The standard deviation of the measurement's noise, which a residual is held against.
        public let noise: Double

        /// How long recovering took, without damaging and comparing.
        public let duration: Duration
    }

    /// Runs the trial.
    ///
    /// - Parameters:
    ///   - image: The original picture.
    ///   - model: The model, if the method asks one.
    /// - Returns: The steps of recovering, and then what came of it.
    public func run(on image: Image, with model: Model?) -> SamplingRun<Image, Outcome> {
        SamplingRun {
            let measured = degradation.measure(
                image, random: RandomSource(seed: options.seed, key: options.key))
            let start = ContinuousClock.now
            return MappedSteps(recovery(of: measured, with: model), preview: { $0 }) {
                outcome(
                    of: $0, measured, with: model, duration: ContinuousClock.now - start)
            }
        }
    }

    private func outcome(
        of recovered: Recovered<Image>, _ measured: Measured, with model: Model?,
        duration: Duration
    ) -> Outcome {
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

    /// Recovers a picture; known pixels without noise stay as they are.
    private func recovery(of measured: Measured, with model: Model?) -> Recovery {
        let hole = degradation.parameters.noise == .none ? measured.hole : nil
        func keepingKnown(_ image: Image) -> Image {
            guard let hole else { return image }
            var image = image
            image.restoreSamples(of: measured.picture, outside: hole.tensor)
            return image
        }
        if let denoiser = options.denoiser, method == .pixels {
            let pixels = PixelMeasurement(
                forwardOperator: measured.forwardOperator, values: measured.observed,
                noise: measured.noise)
            return Recovery {
                MappedSteps(
                    Recovery.byPixels(
                        pixels, like: measured.original, with: denoiser, look: options.look),
                    preview: keepingKnown, outcome: { $0.map(keepingKnown) })
            }
        }
        guard method.needsPrior, let model else {
            return Recovery {
                NoSteps {
                    let (image, residual) = recoverWithoutPrior(measured, model: model)
                    return Recovered(image: keepingKnown(image), residual: residual)
                }
            }
        }
        if let hole { return model.inpaint(measured.picture, hole: hole, options: options) }
        return model.recover(
            measured.observed, measuredBy: measured.forwardOperator, noise: measured.noise,
            like: measured.original, options: options)
    }

    private func recoverWithoutPrior(
        _ measured: Measured, model: Model?
    ) -> (image: Image, residual: Double) {
        let (forwardOperator, values) = (measured.forwardOperator, measured.observed)
        guard let baseline = method.baseline else {
            preconditionFailure(
                "The method '\(method.name)' needs a model that the trial was not given")
        }
        let estimate = baseline.estimate(of: measured, model: model, options: options)
        let residual = forwardOperator.residual(of: estimate, given: values)
        let isMoved = baseline.needsModel && options.isProjected
        let result =
            isMoved
            ? forwardOperator.dataConsistent(estimate, with: values, noise: measured.noise)
            : estimate
        return (Image(pixels: result, like: measured.original), residual)
    }
}
