public import TesseraInverse
public import TesseraJSON

/// A denoiser that is ready to work, and where it came from.
public struct LoadedDenoiser: Sendable {
    /// What images are like pixel by pixel.
    public let network: any PixelDenoiser

    /// The name of its model folder.
    public let name: String

    /// The SHA-256 of its weights.
    public let sha256: String

    /// Names a denoiser.
    ///
    /// - Parameters:
    ///   - network: What images are like pixel by pixel.
    ///   - name: The name of its model folder.
    ///   - sha256: The SHA-256 of its weights.
    public init(network: any PixelDenoiser, name: String, sha256: String) {
        self.network = network
        self.name = name
        self.sha256 = sha256
    }

    /// What a recipe says of it: its name and its hash.
    public var metadata: JSONValue {
        ["name": .string(name), "sha256": .string(sha256)]
    }
}
