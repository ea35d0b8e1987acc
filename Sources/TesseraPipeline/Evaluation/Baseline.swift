import TesseraImage
public import TesseraInverse
import TesseraTensor

/// A recovery that samples nothing, for sampling to be held against.
public struct Baseline: Sendable {
    /// The name on the command line, in recipes and in tables.
    public let name: String

    /// Other names that choose it too.
    public let aliases: [String]

    /// What it is or what it is for, in brackets behind the name in help texts.
    public let summary: String

    /// Whether it asks a tokenizer; what it then decodes is made consistent with the measurement, as
    /// sampled pictures are.
    public let needsModel: Bool

    private let canUndo: @Sendable (Degradation) -> Bool
    private let makeEstimate: @Sendable (Measured, Model?, RecoveryOptions) -> Tensor<Float>

    /// Names a baseline.
    ///
    /// - Parameters:
    ///   - name: The name by which it is chosen.
    ///   - aliases: Other names that choose it too.
    ///   - summary: What it is or what it is for, in brackets behind the name.
    ///   - needsModel: Whether it asks a tokenizer.
    ///   - canUndo: Whether it applies to a degradation.
    ///   - estimate: Makes the picture, of the operator's image shape.
    init(
        name: String, aliases: [String] = [], summary: String, needsModel: Bool = false,
        canUndo: @escaping @Sendable (Degradation) -> Bool = { _ in true },
        estimate: @escaping @Sendable (Measured, Model?, RecoveryOptions) -> Tensor<Float>
    ) {
        self.name = name
        self.aliases = aliases
        self.summary = summary
        self.needsModel = needsModel
        self.canUndo = canUndo
        makeEstimate = estimate
    }

    /// Every baseline, for a command's list of choices.
    public static let all: [Baseline] = [
        .bicubic, .smooth, .exemplar, .initialEstimate, .oracle,
    ]

    /// Bicubic enlargement, which knows nothing of noise; for reduced pictures.
    public static let bicubic = classical("bicubic", summary: "sr2, sr4, sr8")

    /// Smooth filling, which knows nothing of noise; for pictures with holes.
    public static let smooth = classical("smooth", summary: "holes")

    /// Pixels of the same picture, copied without a model; smooth where there is too little to copy from.
    public static let exemplar = Baseline(
        name: "exemplar", summary: "holes, from the same picture", canUndo: \.hasMask
    ) { measured, _, options in
        let filled = measured.hole.flatMap {
            measured.picture.filledFromExemplars(hole: $0, options: options).result()
        }
        return filled?.pixels
            ?? measured.forwardOperator.classicalEstimate(from: measured.observed)
    }

    /// What the operator makes of the measurement without a model, where sampling starts.
    public static let initialEstimate = Baseline(name: "rough", summary: "where sampling starts") {
        measured, _, _ in
        measured.forwardOperator.initialEstimate(from: measured.observed, noise: measured.noise)
    }

    /// The tokens of the original picture: what no choice of tokens by the model surpasses much.
    public static let oracle = Baseline(
        name: "oracle", aliases: ["ceiling"],
        summary: "the tokens of the undamaged picture, moved", needsModel: true
    ) { measured, model, _ in
        guard let model else { preconditionFailure("The oracle needs a model that has its tokens") }
        return model.reconstruct(measured.original).image.pixels
    }

    /// What degradations say is best known without a model.
    private static func classical(_ name: String, summary: String) -> Baseline {
        Baseline(name: name, summary: summary, canUndo: { $0.classicalMethod == name }) {
            measured, _, _ in
            measured.forwardOperator.classicalEstimate(from: measured.observed)
        }
    }

    /// Whether it can undo a degradation.
    ///
    /// - Parameter degradation: The degradation.
    /// - Returns: Whether it can.
    public func applies(to degradation: Degradation) -> Bool { canUndo(degradation) }

    /// The picture, of the operator's image shape.
    ///
    /// - Parameters:
    ///   - measured: What was measured.
    ///   - model: The model, if one is asked.
    ///   - options: The seed of what is chosen by chance.
    /// - Returns: The picture.
    func estimate(
        of measured: Measured, model: Model?, options: RecoveryOptions
    ) -> Tensor<Float> {
        makeEstimate(measured, model, options)
    }
}

extension Baseline: NamedChoice, Hashable {
    /// Whether two baselines have one name.
    public static func == (first: Baseline, second: Baseline) -> Bool {
        first.name == second.name
    }

    /// Hashes the name.
    ///
    /// - Parameter hasher: What takes it in.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Baseline: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}
