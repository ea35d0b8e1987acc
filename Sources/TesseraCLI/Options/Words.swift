public import ArgumentParser
public import TesseraDataset
public import TesseraImage
public import TesseraInverse
public import TesseraJobs
public import TesseraPipeline
public import TesseraPosterior
public import TesseraSampler
public import TesseraTensor
public import TesseraTokenizer

// The words that options take, as the types that they stand for spell them.

extension ExpressibleByArgument where Self: NamedChoice {
    /// Reads the name of a value of a list.
    ///
    /// - Parameter argument: A word from the command line.
    public init?(argument: String) {
        guard let value = Self.named(argument) else { return nil }
        self = value
    }

    /// The words to offer.
    public static var allValueStrings: [String] { all.map(\.name) }

    /// The word that stands for the value.
    public var defaultValueDescription: String { name }
}

/// Says of degradations what a property says, those with the same words together.
///
/// - Parameters:
///   - degradations: The degradations in order.
///   - words: What is said of each, without a final period.
/// - Returns: Sentences such as "sr2, sr4: reduced. hdr: clipped."
func described(_ degradations: [Degradation], by words: (Degradation) -> String) -> String {
    var groups: [(names: [String], words: String)] = []
    for degradation in degradations {
        if groups.last?.words == words(degradation) {
            groups[groups.count - 1].names.append(degradation.name)
        } else {
            groups.append(([degradation.name], words(degradation)))
        }
    }
    return groups.map { "\($0.names.joined(separator: ", ")): \($0.words)." }
        .joined(separator: " ")
}

extension Degradation: ExpressibleByArgument {}

extension BoxPlace: ExpressibleByArgument {}

extension RecoveryMethod: ExpressibleByArgument {}

extension TrialMethod: ExpressibleByArgument {}

extension MaskSchedule: ExpressibleByArgument {}

extension Precision: ExpressibleByArgument {}

extension DecodingObjective: ExpressibleByArgument {}

extension MaskPolarity: ExpressibleByArgument {}

extension HoleTexture: ExpressibleByArgument {}

extension Look: ExpressibleByArgument {
    /// Reads a name or a share.
    ///
    /// - Parameter argument: A word from the command line.
    public init?(argument: String) { self.init(argument) }

    /// The names; a number is a look, too.
    public static var allValueStrings: [String] { named.map(\.name) }
}

extension UnmaskingOrder: ExpressibleByArgument {}

extension LevelPlacement: ExpressibleByArgument {}

extension ImageFormat: ExpressibleByArgument {
    /// Reads the name of a format; JPEG is also known by its usual extension.
    ///
    /// - Parameter argument: A word from the command line.
    public init?(argument: String) {
        switch argument.lowercased() {
        case "png": self = .png
        case "jpeg", "jpg": self = .jpeg
        default: return nil
        }
    }

    /// The words to offer.
    public static var allValueStrings: [String] { ["png", "jpeg"] }
}

extension PicturePreparation.Fit: ExpressibleByArgument {}

extension TokenContainer: ExpressibleByArgument {}

extension ProgressLine.Style: ExpressibleByArgument {}
