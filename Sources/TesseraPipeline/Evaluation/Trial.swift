public import TesseraImage
import TesseraInverse
public import TesseraPerception
import TesseraTensor

/// A picture damaged on purpose and recovered, to see how near the result comes.
public struct Trial: Sendable {
    /// How the picture is recovered.
    public enum Method: String, CaseIterable, Sendable {
        /// Anchored posterior sampling.
        case anchored = "aps"

        /// Anchored posterior sampling as it was published.
        case published = "aps-published"

        /// Replacement sampling on the same model.
        case replacement

        /// The best of n continuations at each step (SVDD-PM).
        case bestOf = "best-of-n"

        /// Gradients through Gumbel noise, and masks anywhere (G2D2).
        case gumbel = "g2d2"

        /// By turns from the prior and by the likelihood (SGDD).
        case splitGibbs = "sgdd"

        /// Bicubic enlargement, which knows nothing of noise; for reduced pictures.
        case bicubic

        /// Smooth filling, which knows nothing of noise; for pictures with holes.
        case smooth

        /// What the operator makes of the measurement without a model, where sampling starts.
        case rough

        /// The tokens of the undamaged picture: what no choice of tokens by the model surpasses much.
        case ceiling

        /// How tokens are sampled, if the method asks a prior.
        public var sampling: RecoveryOptions.Method? { RecoveryOptions.Method(rawValue: rawValue) }

        /// Whether the method asks a prior.
        public var needsPrior: Bool { sampling != nil }

        /// Whether the method asks a tokenizer.
        public var needsModel: Bool { needsPrior || self == .ceiling }

        /// Whether the method can undo a damage.
        ///
        /// - Parameter damage: The damage.
        /// - Returns: Whether it can.
        public func applies(to damage: Damage) -> Bool {
            switch self {
            case .bicubic: damage.factor != nil && damage != .pool4
            case .smooth: damage.hasMask
            default: true
            }
        }
    }

    /// What the picture is damaged by.
    public var degradation: Degradation

    /// How it is recovered.
    public var method: Method

    /// How tokens are sampled; its own method is replaced by ``method``.
    public var options: RecoveryOptions

    /// What tells how differently result and original look; `nil` to leave it out.
    public var perception: PerceptualDistance?

    /// Plans a trial.
    ///
    /// - Parameters:
    ///   - degradation: What the picture is damaged by.
    ///   - method: How it is recovered; must apply to the damage.
    ///   - options: How tokens are sampled.
    ///   - perception: What tells how differently pictures look, or `nil`.
    public init(
        degradation: Degradation, method: Method, options: RecoveryOptions,
        perception: PerceptualDistance? = nil
    ) {
        precondition(
            method.applies(to: degradation.damage),
            "The method '\(method.rawValue)' cannot undo '\(degradation.damage.rawValue)'")
        self.degradation = degradation
        self.method = method
        self.options = options
        self.perception = perception
        if let sampling = method.sampling { self.options.method = sampling }
    }

    /// What a trial says.
    public struct Outcome: Sendable {
        /// How near the result is to the undamaged picture.
        public let comparison: PictureComparison

        /// The result, and the residual of the sampled picture (see ``Recovered/residual``).
        public let recovered: Recovered<Image>

        /// How near the tokens of the undamaged picture are to it, if there is a tokenizer.
        public let tokenizerPSNR: Double?

        /// The largest change of a sample outside of a hole, if there is one, in units of [-1, 1].
        public let changeOutside: Double?

        /// How near the damaged picture is, if it has the size and the colours of the undamaged one.
        public let damagedPSNR: Double?

        /// The standard deviation of the measurement's noise, which a residual is held against.
        public let noise: Double

        /// How long recovering took, without damaging and comparing.
        public let duration: Duration
    }

    /// Runs the trial.
    ///
    /// - Parameters:
    ///   - image: The undamaged picture.
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
        let isPicture = measured.values.shape == measured.map.imageShape
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
            damagedPSNR: isPicture && degradation.damage.givesPicture
                ? PictureComparison(measured.picture, with: measured.original).psnr : nil,
            noise: measured.noise, duration: duration)
    }

    /// Recovers a picture; known pixels without noise stay as they are.
    private func recovery(of measured: Measured, with model: Model?) -> Recovery {
        let hole = degradation.noise == .none ? measured.hole : nil
        guard method.needsPrior, let model else {
            return Recovery {
                NoSteps {
                    var (image, residual) = recoverWithoutPrior(measured, model: model)
                    if let hole {
                        image.restoreSamples(of: measured.picture, outside: hole.tensor)
                    }
                    return Recovered(image: image, residual: residual)
                }
            }
        }
        if let hole { return model.inpaint(measured.picture, hole: hole, options: options) }
        return model.recover(
            measured.observed, measuredBy: measured.map, noise: measured.noise,
            like: measured.original, options: options)
    }

    private func recoverWithoutPrior(
        _ measured: Measured, model: Model?
    ) -> (image: Image, residual: Double) {
        let (map, noise, values) = (measured.map, measured.noise, measured.observed)
        guard method == .ceiling, let model else {
            // Bicubic and smooth are what they are called, whatever the noise.
            let rough =
                if method == .smooth, let holes = map as? Inpainting {
                    holes.smoothlyFilled(values).clampedToPixels
                } else {
                    map.roughPicture(from: values, noise: method == .rough ? noise : 0)
                }
            return (
                Image(pixels: rough, like: measured.original),
                map.residual(of: rough, given: values)
            )
        }
        let decoded = model.reconstruct(measured.original).image.pixels
        let residual = map.residual(of: decoded, given: values)
        let result =
            options.isProjected
            ? map.moved(decoded, toward: values, noise: noise) : decoded
        return (Image(pixels: result, like: measured.original), residual)
    }
}

extension PixelMask {
    /// The missing pixels as a tensor of shape `[height, width]`.
    var tensor: Tensor<Bool> { Tensor(shape: [height, width], elements: isHole) }
}
