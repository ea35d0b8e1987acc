public import TesseraTensor

/// A way to degrade a picture that a command, a recipe or a caller chooses by name.
///
/// A degradation is a value: what it is called, what it does in a sentence, which parameters it reads,
/// and how it makes the operator. A new one is a file, that of its operator, and a line of ``all``.
///
///     var degradation = Degradation.jpeg
///     degradation.parameters.quality = 30
///     let stored = degradation.forwardOperator(height: 256, width: 256, random: random)
public struct Degradation: Sendable {
    /// The name on the command line, in recipes and in tables.
    public let name: String

    /// What happens to a picture, as a part of a sentence for help texts.
    public let summary: String

    /// What undoing it brings back, as a part of a sentence; `nil` if no picture of the measurement
    /// says all that there is to undo.
    public let restoration: String?

    /// How many times smaller each side becomes; `nil` if the size stays.
    public let factor: Int?

    /// Whether pixels are missing.
    public let hasMask: Bool

    /// Whether what is measured is a picture that can be seen and stored.
    public let givesPicture: Bool

    /// Which parameters it reads; noise is added to all measurements.
    public let accepted: Set<DegradationParameter>

    /// Which parameters have no default that would suit it, and must be given.
    public let required: Set<DegradationParameter>

    /// When the noise of a degraded picture is judged by the picture itself.
    public let noiseJudgement: NoiseJudgement

    /// What the best known recovery without a model is called, beside the operator's initial estimate.
    public let classicalMethod: String?

    /// The numbers of this degradation.
    public var parameters: DegradationParameters

    private let make: MakingOperator

    /// Makes an operator for pictures of a height and width.
    public typealias MakingOperator =
        @Sendable (
            _ parameters: DegradationParameters, _ height: Int, _ width: Int, _ random: RandomSource
        ) -> any RecoverableOperator

    /// Names a degradation.
    ///
    /// - Parameters:
    ///   - name: The name by which it is chosen.
    ///   - summary: What happens to a picture, as a part of a sentence.
    ///   - restoration: What undoing it brings back, or `nil` if no picture says all there is to undo.
    ///   - factor: How many times smaller each side becomes, or `nil` if the size stays.
    ///   - hasMask: Whether pixels are missing.
    ///   - givesPicture: Whether what is measured is a picture.
    ///   - accepted: The parameters that it reads, beside noise.
    ///   - required: Those that must be given.
    ///   - noiseJudgement: When noise is judged by the picture itself.
    ///   - classicalMethod: What the best known recovery without a model is called, or `nil`.
    ///   - parameters: Its numbers, unless others are set.
    ///   - make: Makes the operator.
    public init(
        name: String, summary: String, restoration: String? = nil, factor: Int? = nil,
        hasMask: Bool = false, givesPicture: Bool = true,
        accepted: Set<DegradationParameter> = [], required: Set<DegradationParameter> = [],
        noiseJudgement: NoiseJudgement = .whereAllChannelsShareIt, classicalMethod: String? = nil,
        parameters: DegradationParameters = DegradationParameters(),
        make: @escaping MakingOperator
    ) {
        self.name = name
        self.summary = summary
        self.restoration = restoration
        self.factor = factor
        self.hasMask = hasMask
        self.givesPicture = givesPicture
        self.accepted = accepted.union(required).union([.noise])
        self.required = required
        self.noiseJudgement = noiseJudgement
        self.classicalMethod = classicalMethod
        self.parameters = parameters
        self.make = make
    }

    /// Every degradation, for a command's list of choices.
    public static let all: [Degradation] = [
        .inpaintBox, .inpaintBlob, .inpaintRandom, .inpaintScratches,
        .sr2, .sr4, .sr8, .pool4,
        .deblurGaussian, .deblurMotion, .deblurNonlinear,
        .hdr, .jpeg, .colorize, .denoise,
        .compressedSensing, .phaseRetrieval,
    ]

    /// The operator that degrades pictures of one size.
    ///
    /// - Parameters:
    ///   - height: The height of the undegraded picture in pixels.
    ///   - width: The width of the undegraded picture in pixels.
    ///   - random: The source of choices, such as which pixels are missing.
    /// - Returns: The operator.
    public func forwardOperator(
        height: Int, width: Int, random: RandomSource
    ) -> any RecoverableOperator {
        make(parameters, height, width, random)
    }

    /// The kernel, if it blurs.
    public var blur: BlurKernel? { accepted.contains(.kernel) ? parameters.kernel : nil }
}

extension Degradation: Hashable {
    /// Whether two degradations have one name and the same parameters.
    public static func == (first: Degradation, second: Degradation) -> Bool {
        first.name == second.name && first.parameters == second.parameters
    }

    /// Hashes the name and the parameters.
    ///
    /// - Parameter hasher: What takes them in.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(parameters)
    }
}

extension Degradation: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}
