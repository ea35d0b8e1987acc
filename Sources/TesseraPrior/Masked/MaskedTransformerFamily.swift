public import TesseraCheckpoint
public import TesseraJSON
public import TesseraPacking
public import TesseraTensor
public import TesseraTokens

/// Bidirectional transformers over windows of positions, as Tessera trains them.
public enum MaskedTransformerFamily: PriorFamily {
    /// What `model.json` says of a masked transformer.
    public struct Settings: Hashable, Sendable {
        /// The number of layers.
        public var layers: Int

        /// The number of channels, D.
        public var width: Int

        /// The number of attention heads.
        public var heads: Int

        /// The side of the window of positions that the network was trained on.
        public var window: Int

        /// The names of the classes; empty if the network knows none.
        public var labels: [String]

        /// Describes a masked transformer.
        ///
        /// - Parameters:
        ///   - layers: The number of layers.
        ///   - width: The number of channels.
        ///   - heads: The number of attention heads.
        ///   - window: The side of the window of positions.
        ///   - labels: The names of the classes.
        public init(
            layers: Int, width: Int, heads: Int, window: Int = 16, labels: [String] = []
        ) {
            self.layers = layers
            self.width = width
            self.heads = heads
            self.window = window
            self.labels = labels
        }

        /// The settings as a part of `model.json` holds them.
        public var json: JSONObject {
            [
                "layers": .integer(layers), "width": .integer(width), "heads": .integer(heads),
                "window": .integer(window), "labels": .array(labels.map { .string($0) }),
            ]
        }
    }

    /// The name of the family in `model.json`.
    public static let kind = "masked-transformer"

    /// Reads settings, so that networks built from them cannot trap.
    public static func settings(_ object: inout StrictObject) throws(ObjectFault) -> Settings {
        let settings = Settings(
            layers: try object.count("layers", in: 1 ... 256),
            width: try object.count("width", in: 4 ... 16384),
            heads: try object.count("heads", in: 1 ... 256),
            window: try object.count("window", in: 1 ... 1024),
            labels: try object.strings("labels"))
        // A head turns by row in its first half and by column in its second, in pairs of channels.
        let expected = max(settings.width / (4 * settings.heads), 1) * 4 * settings.heads
        guard settings.width == expected else {
            throw .contradiction(
                key: object.path(of: "width"), found: settings.width, expected: expected,
                because: "each of the \(settings.heads) heads needs a multiple of 4 channels")
        }
        return settings
    }

    /// The names of the classes that a network knows.
    public static func labels(of settings: Settings) -> [String] { settings.labels }

    /// Loads a network.
    public static func load(
        _ settings: Settings, vocabulary: [Int], from weights: Weights, precision: Precision
    ) throws(CheckpointError) -> any TokenPredictor {
        try MaskedTransformer(
            from: weights,
            architecture: MaskedTransformerArchitecture(
                vocabulary: vocabulary, layerCount: settings.layers, width: settings.width,
                headCount: settings.heads, window: settings.window, labels: settings.labels),
            precision: precision)
    }

    /// Every matrix, embeddings too.
    public static func packing(
        of tensor: TensorDescription, _ settings: Settings
    ) -> PackingAdvice {
        .any
    }
}
