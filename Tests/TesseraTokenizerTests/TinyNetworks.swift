import TesseraCheckpoint
import TesseraPacking
import TesseraTensor
import TesseraTokenizer
import _TesseraTestSupport

/// The networks of the fixtures, with seeded weights.
struct TinyNetworks {
    static let architecture = ConvolutionalArchitecture(
        latentChannels: 8, widths: [8, 16, 24], encoderBlocks: [1, 1, 1],
        decoderBlocks: [1, 1, 1])

    let encoderFile: SafetensorsFile
    let decoderFile: SafetensorsFile
    let encoder: ConvolutionalEncoder
    let decoder: ConvolutionalDecoder

    init() throws {
        encoderFile = try SafetensorsFile(path: fixturePath("encoder.safetensors"))
        decoderFile = try SafetensorsFile(path: fixturePath("decoder.safetensors"))
        encoder = try ConvolutionalEncoder(
            from: Weights(encoderFile), architecture: TinyNetworks.architecture)
        decoder = try ConvolutionalDecoder(
            from: Weights(decoderFile), architecture: TinyNetworks.architecture)
    }

    /// A tokenizer of eight signs in two slots.
    func tokenizer(tileSide: Int) -> ConvolutionalTokenizer {
        ConvolutionalTokenizer(
            encoder: encoder, decoder: decoder,
            codeSpace: BinaryCodeSpace(slotCount: 2, bitsPerSlot: 4), tileSide: tileSide)
    }
}
