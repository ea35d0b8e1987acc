import TesseraCheckpoint
import TesseraModels
import TesseraTokenizer

/// The tokenizer of a model folder with its decoder for PSNR.
func exactTokenizer(of folder: ModelFolder) throws -> ConvolutionalTokenizer {
    var options = TokenizerOptions()
    options.objective = .psnr
    guard let tokenizer = try folder.loadTokenizer(options) as? ConvolutionalTokenizer else {
        preconditionFailure("The stages of tokenizers of residual blocks alone are measured")
    }
    return tokenizer
}
