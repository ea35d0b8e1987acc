public import TesseraCheckpoint
public import TesseraInverse
public import TesseraJSON

/// A denoiser that is ready to work, and where it came from.
public struct LoadedDenoiser: Sendable {
    /// What images are like pixel by pixel.
    public let network: any PixelDenoiser

    /// The name of its model folder.
    public let name: String

    /// The SHA-256 of the weights of each network in the folder, by its role.
    public let sha256: [ModelPart.Role: String]

    /// Names a denoiser.
    ///
    /// - Parameters:
    ///   - network: What images are like pixel by pixel.
    ///   - folder: The model folder that it came from.
    public init(network: any PixelDenoiser, folder: ModelFolder) {
        self.network = network
        name = folder.description.name
        sha256 = folder.description.parts.mapValues(\.file.sha256)
    }

    /// What a recipe says of it: its name and its hashes.
    public var metadata: JSONValue {
        var object: JSONObject = ["name": .string(name)]
        for role in ModelPart.Role.allCases {
            let key = role == .denoiser ? "sha256" : role.rawValue
            object[key] = sha256[role].map { .string($0) }
        }
        return .object(object)
    }

    /// The first digits of its hashes, which tell it from others.
    public var identity: String {
        ModelPart.Role.allCases.compactMap { sha256[$0]?.prefix(12) }.joined(separator: "-")
    }
}
