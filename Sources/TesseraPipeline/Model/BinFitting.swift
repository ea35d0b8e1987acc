public import TesseraCheckpoint
public import TesseraImage
public import TesseraTokenizer
import TesseraTokens

/// Computes the bins of a dimension-wise tokenizer from pictures and writes them into its folder.
public struct BinFitting: Sendable {
    /// The side of the pieces that pictures are encoded in, in pixels.
    static let pieceSide = 512

    private let folder: ModelFolder
    private let encoder: ConvolutionalEncoder
    private var fitting: LevelFitting

    /// Loads the encoder of a tokenizer, whose bins need not exist yet.
    ///
    /// - Parameter folder: The folder of the model.
    /// - Throws: ``CheckpointError`` if the weights cannot be read, or the tokenizer has no bins.
    public init(_ folder: ModelFolder) throws(CheckpointError) {
        let description = folder.description.tokenizer
        guard description.quantizer == .dimension else {
            throw .model(
                path: folder.path,
                .word(
                    key: "tokenizer.quantizer", found: description.quantizer.rawValue,
                    expected: [ModelDescription.Quantizer.dimension.rawValue]))
        }
        self.folder = folder
        encoder = try ConvolutionalEncoder(from: folder)
        fitting = LevelFitting(channels: description.latentChannels)
    }

    /// The number of positions seen.
    public var positionCount: Int { fitting.positionCount }

    /// Adds the latents of a picture.
    ///
    /// - Parameter image: A picture; what is left at its right and lower edges when it is cut into
    ///   whole positions is not seen.
    public mutating func add(_ image: Image) {
        let side = folder.description.tokenizer.pixelsPerToken
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

    /// Computes the bins and rewrites the folder.
    ///
    /// - Parameter placement: How the values of bins are placed.
    /// - Throws: ``CheckpointError`` if the folder cannot be written.
    /// - Precondition: At least one position was seen.
    public func save(placed placement: LevelPlacement) throws(CheckpointError) {
        let description = folder.description.tokenizer
        guard let binCount = description.binsPerChannel else {
            preconditionFailure("A dimension-wise tokenizer has bins")
        }
        _ = try folder.save(
            levels: fitting.levels(placed: placement, levelCount: binCount))
    }
}
