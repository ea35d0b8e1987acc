public import TesseraJSON

/// A network of a model: its weights, the family that it belongs to, and what the family is told.
public struct ModelPart: Hashable, Sendable {
    /// What a part does, and its name in `model.json` and in recipes.
    public enum Role: String, Hashable, Sendable, CaseIterable {
        /// Turns pixels into tokens and back.
        case tokenizer

        /// Predicts masked tokens.
        case prior

        /// Tells images from noise.
        case denoiser

        /// Removes what JPEGs leave.
        case deblocker

        /// Sharpens what was reduced and enlarged again.
        case upscaler

        /// Gives restored images the texture of photographs.
        case sharpener
    }

    /// A file of weights, pinned by its hash.
    public struct WeightFile: Hashable, Sendable {
        /// The name of the file inside the folder.
        public var name: String

        /// The SHA-256 of the file in lower-case hexadecimal digits.
        public var sha256: String

        /// Names a file.
        ///
        /// - Parameters:
        ///   - name: The name of the file inside the folder.
        ///   - sha256: Its hash in lower-case hexadecimal digits.
        public init(name: String, sha256: String) {
            self.name = name
            self.sha256 = sha256
        }
    }

    /// The weights.
    public var file: WeightFile

    /// The family of networks that the part belongs to, such as `residual`.
    public var kind: String

    /// What the family is told, in its own keys.
    public var settings: JSONObject

    /// Describes a part.
    ///
    /// - Parameters:
    ///   - file: The weights.
    ///   - kind: The family of networks.
    ///   - settings: What the family is told.
    public init(file: WeightFile, kind: String, settings: JSONObject) {
        self.file = file
        self.kind = kind
        self.settings = settings
    }
}
