import CTesseraLibrary
import Glibc
import Synchronization
import TesseraCheckpoint
import TesseraInverse
import TesseraPipeline
import TesseraModels
import TesseraTensor

/// What a `tessera_model` of the C interface points to.
///
/// A tokenizer only reads what it holds, so that threads share one without a lock; the prior is
/// loaded by the first call that needs it.
final class OpenModel: Sendable {
    /// The model without its prior.
    let model: Model

    /// The name of the model, for C.
    let name: CText

    /// The SHA-256 of the tokenizer's weights, for C.
    let hash: CText

    private let folder: ModelFolder
    private let whole = Mutex<Model?>(nil)
    private let pixels = Mutex<(any PixelDenoiser)?>(nil)

    /// Loads the tokenizer of a model folder.
    ///
    /// - Parameter folder: The folder.
    /// - Throws: ``CheckpointError`` if the weights are not those of the folder.
    init(_ folder: ModelFolder) throws(CheckpointError) {
        self.folder = folder
        model = try Model(folder, needsPrior: false, precision: .fastForGuidance)
        name = CText(model.name)
        hash = CText(try folder.part(.tokenizer).file.sha256)
    }

    /// Whether the model can fill holes.
    var hasPrior: Bool { folder.description.hasPrior }

    /// The model with its prior, which the first call loads.
    ///
    /// - Throws: ``CheckpointError`` if there is none, or its weights are not those of the folder.
    func withPrior() throws(CheckpointError) -> Model {
        try whole.withLock { (kept) throws(CheckpointError) in
            if let model = kept { return model }
            let loaded = Model(
                name: model.name, hashes: model.hashes, tokenizer: model.tokenizer,
                prior: try folder.loadPrior(precision: .fastForGuidance),
                decodingObjective: model.decodingObjective)
            kept = loaded
            return loaded
        }
    }

    /// The denoiser that lies beside the model's folder, which the first call loads.
    ///
    /// - Returns: The denoiser; `nil` if there is none.
    /// - Throws: ``CheckpointError`` if its weights are not those of its folder.
    func denoiser() throws(CheckpointError) -> (any PixelDenoiser)? {
        try pixels.withLock { (kept) throws(CheckpointError) in
            if kept == nil {
                let neighbours = ShippedModels(executable: "", environment: folder.path + "/..")
                kept = try neighbours.denoiser()?.loadDenoiser(precision: .fastForGuidance)
            }
            return kept
        }
    }
}

/// A C string that owns its memory.
final class CText: @unchecked Sendable {  // Never written to after it was made.
    /// The bytes, ending with a zero.
    let start: UnsafeMutablePointer<CChar>

    /// Copies a text.
    init(_ text: String) {
        let bytes = text.utf8CString
        start = .allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { (start + index).initialize(to: byte) }
    }

    deinit { start.deallocate() }
}
