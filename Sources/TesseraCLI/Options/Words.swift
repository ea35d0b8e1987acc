public import ArgumentParser
public import TesseraDataset
public import TesseraImage
public import TesseraJobs
public import TesseraPipeline
public import TesseraSampler
public import TesseraTensor
public import TesseraTokenizer

// The words that options take, as the types that they stand for spell them.

extension Damage: ExpressibleByArgument {}

extension Trial.Method: ExpressibleByArgument {}

extension RecoveryOptions.Method: ExpressibleByArgument {}

extension Precision: ExpressibleByArgument {}

extension DecodingGoal: ExpressibleByArgument {}

extension MaskPolarity: ExpressibleByArgument {}

extension SlotOrder: ExpressibleByArgument {}

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
