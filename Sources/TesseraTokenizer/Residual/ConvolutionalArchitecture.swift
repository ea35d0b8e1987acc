/// The sizes of a convolutional autoencoder.
///
/// A stage works at one resolution. The first stage sees pixels gathered 2×2, each further one half
/// the resolution of the one before, so that a position of the latent stands for a square of
/// 2^stages pixels.
public struct ConvolutionalArchitecture: Hashable, Sendable {
    /// The number of channels of a latent, C.
    public let latentChannels: Int

    /// The number of channels of each stage, finest first.
    public let widths: [Int]

    /// The number of residual blocks of each stage of the encoder, finest first.
    public let encoderBlocks: [Int]

    /// The number of residual blocks of each stage of the decoder, finest first.
    public let decoderBlocks: [Int]

    /// Describes an autoencoder.
    ///
    /// - Parameters:
    ///   - latentChannels: The number of channels of a latent.
    ///   - widths: The number of channels of each stage, finest first; at least one stage.
    ///   - encoderBlocks: The number of residual blocks of each stage of the encoder.
    ///   - decoderBlocks: The number of residual blocks of each stage of the decoder.
    public init(
        latentChannels: Int, widths: [Int], encoderBlocks: [Int], decoderBlocks: [Int]
    ) {
        precondition(
            !widths.isEmpty && widths.count == encoderBlocks.count
                && widths.count == decoderBlocks.count,
            "Stages need widths and blocks, but got \(widths), \(encoderBlocks), \(decoderBlocks)")
        self.latentChannels = latentChannels
        self.widths = widths
        self.encoderBlocks = encoderBlocks
        self.decoderBlocks = decoderBlocks
    }

    /// The side of the square of pixels that one position stands for.
    public var pixelsPerToken: Int { 1 << widths.count }
}
