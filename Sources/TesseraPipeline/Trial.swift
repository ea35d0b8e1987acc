public import TesseraImage
import TesseraInverse
import TesseraTensor

/// A picture damaged on purpose and recovered, to see how near the result comes.
public struct Trial: Sendable {
    /// How the picture is recovered.
    public enum Method: String, CaseIterable, Sendable {
        /// Anchored posterior sampling.
        case anchored = "aps"

        /// Replacement sampling on the same model.
        case replacement

        /// Bicubic enlargement; for reduced pictures.
        case bicubic

        /// Smooth filling; for pictures with holes.
        case smooth

        /// The tokens of the undamaged picture: what no choice of tokens by the model surpasses much.
        case ceiling

        /// Whether the method asks a prior.
        public var needsPrior: Bool { self == .anchored || self == .replacement }

        /// Whether the method asks a tokenizer.
        public var needsModel: Bool { needsPrior || self == .ceiling }

        /// Whether the method can undo a damage.
        ///
        /// - Parameter damage: The damage.
        /// - Returns: Whether it can.
        public func applies(to damage: Damage) -> Bool {
            switch self {
            case .bicubic: damage.factor != nil
            case .smooth: damage.factor == nil
            case .anchored, .replacement, .ceiling: true
            }
        }
    }

    /// What the picture is damaged by.
    public var damage: Damage

    /// How it is recovered.
    public var method: Method

    /// How tokens are sampled; its own method is replaced by ``method``.
    public var options: RecoveryOptions

    /// Plans a trial.
    ///
    /// - Parameters:
    ///   - damage: What the picture is damaged by.
    ///   - method: How it is recovered; must apply to the damage.
    ///   - options: How tokens are sampled.
    public init(damage: Damage, method: Method, options: RecoveryOptions) {
        precondition(
            method.applies(to: damage),
            "The method '\(method.rawValue)' cannot undo '\(damage.rawValue)'")
        self.damage = damage
        self.method = method
        self.options = options
        if method == .replacement { self.options.method = .replacement }
    }

    /// Runs the trial.
    ///
    /// - Parameters:
    ///   - image: The undamaged picture.
    ///   - model: The model, if the method asks one.
    ///   - advance: Told after each step, with the number of all steps.
    /// - Returns: How near the result is, and the residual of the sampled picture (see
    ///   ``Recovered/residual``).
    public func run(
        on image: Image, with model: Model?,
        advance: (_ step: Int, _ count: Int) -> Void = { _, _ in }
    ) -> (comparison: PictureComparison, recovered: Recovered) {
        let random = RandomSource(seed: options.seed, key: options.key)
        let (damaged, original, hole) = damage.apply(to: image, random: random)
        let recovered =
            if let hole {
                fill(damaged, hole: hole, original: original, with: model, advance: advance)
            } else {
                enlarge(damaged, original: original, with: model, advance: advance)
            }
        return (PictureComparison(recovered.image, with: original, hole: hole), recovered)
    }

    private func fill(
        _ damaged: Image, hole: PixelMask, original: Image, with model: Model?,
        advance: (Int, Int) -> Void
    ) -> Recovered {
        if method.needsPrior, let model {
            return model.inpaint(damaged, hole: hole, options: options, advance: advance)
        }
        let inpainting = Inpainting(mask: hole)
        let pixels = damaged.pixels
        var result = inpainting.smoothlyFilled(pixels)
        var residual = 0.0
        if method == .ceiling, let model {
            result = model.reconstruct(original).image.pixels
            residual = inpainting.residual(of: result, given: inpainting.apply(to: pixels))
            if options.isProjected {
                result = result.adding(
                    inpainting.smoothlyFilled(pixels.subtracting(result)))
            }
        }
        var image = Image(pixels: result, like: damaged)
        image.restoreSamples(of: damaged, outside: hole.tensor)
        return Recovered(image: image, residual: residual)
    }

    private func enlarge(
        _ damaged: Image, original: Image, with model: Model?, advance: (Int, Int) -> Void
    ) -> Recovered {
        guard let factor = damage.factor else {
            preconditionFailure("A damage without a mask is a reduction")
        }
        if method.needsPrior, let model {
            return model.enlarge(damaged, by: factor, options: options, advance: advance)
        }
        let reduction = SuperResolution(
            factor: factor, height: original.height, width: original.width)
        var result = reduction.enlarged(damaged.pixels)
        if method == .ceiling, let model { result = model.reconstruct(original).image.pixels }
        let residual = reduction.residual(of: result, given: damaged.pixels)
        if method == .ceiling && options.isProjected {
            result = reduction.backProjected(result, onto: damaged.pixels)
        }
        return Recovered(image: Image(pixels: result, like: original), residual: residual)
    }
}

extension PixelMask {
    /// The missing pixels as a tensor of shape `[height, width]`.
    var tensor: Tensor<Bool> { Tensor(shape: [height, width], elements: isHole) }
}
