public import TesseraCheckpoint
public import TesseraImage
import TesseraPacking
public import TesseraTokenizer
import TesseraTokens

/// Computes the levels of a dimension-wise tokenizer from pictures and writes them into its folder.
public struct BinFitting: Sendable {
    /// The side of the pieces that pictures are encoded in, in pixels.
    static let pieceSide = 512

    private let folder: ModelFolder
    private let settings: ResidualSettings
    private let levelCount: Int
    private let encoder: ConvolutionalEncoder
    private var fitting: LevelFitting

    /// Loads the encoder of a tokenizer, whose levels need not exist yet.
    ///
    /// - Parameter folder: The folder of the model.
    /// - Throws: ``CheckpointError`` if the weights cannot be read, or the tokenizer has no levels.
    public init(_ folder: ModelFolder) throws(CheckpointError) {
        self.folder = folder
        (settings, levelCount) = try folder.fittableSettings()
        encoder = try ConvolutionalEncoder(
            settings, from: try Weights(try folder.weights(of: .tokenizer)))
        fitting = LevelFitting(channels: settings.latentChannels)
    }

    /// The number of positions seen.
    public var positionCount: Int { fitting.positionCount }

    /// Adds the latents of a picture.
    ///
    /// - Parameter image: A picture; what is left at its right and lower edges when it is cut into
    ///   whole positions is not seen.
    public mutating func add(_ image: Image) {
        let side = settings.pixelsPerToken
        let height = image.height / side * side
        let width = image.width / side * side
        for top in stride(from: 0, to: height, by: BinFitting.pieceSide) {
            for left in stride(from: 0, to: width, by: BinFitting.pieceSide) {
                let piece = PixelRectangle(
                    top: top, left: left, height: min(BinFitting.pieceSide, height - top),
                    width: min(BinFitting.pieceSide, width - left))
                fitting.add(encoder.encode(image.pixels(in: piece)))
            }
        }
    }

    /// Computes the levels and rewrites the folder.
    ///
    /// - Parameter placement: How the levels are placed.
    /// - Throws: ``CheckpointError`` if the folder cannot be written.
    /// - Precondition: At least one position was seen.
    public func save(placed placement: LevelPlacement) throws(CheckpointError) {
        _ = try folder.save(
            levels: fitting.levels(placed: placement, levelCount: levelCount))
    }
}
