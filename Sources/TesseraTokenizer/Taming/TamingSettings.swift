public import TesseraJSON

/// What `model.json` says of a VQGAN, in the keys of its own configuration.
public struct TamingSettings: Hashable, Sendable {
    /// The channels of the finest level; `ch`.
    public var channels: Int

    /// What multiplies them at each level, finest first; `ch_mult`.
    public var multipliers: [Int]

    /// The residual blocks of a level of the encoder; the decoder has one more; `num_res_blocks`.
    public var blocks: Int

    /// The side of the pictures that it was trained on, in pixels; `resolution`.
    public var resolution: Int

    /// The sides at which there is attention, as of a picture of ``resolution``; `attn_resolutions`.
    public var attentionResolutions: [Int]

    /// The channels between encoder and quantizer, and between quantizer and decoder; `z_channels`.
    public var innerChannels: Int

    /// The channels of a code; `embed_dim`.
    public var latentChannels: Int

    /// The number of codes; `n_embed`.
    public var codeCount: Int

    /// Describes a VQGAN.
    ///
    /// - Parameters:
    ///   - channels: The channels of the finest level, a multiple of 32.
    ///   - multipliers: What multiplies them at each level, finest first.
    ///   - blocks: The residual blocks of a level of the encoder.
    ///   - resolution: The side of the pictures that it was trained on.
    ///   - attentionResolutions: The sides at which there is attention.
    ///   - innerChannels: The channels between encoder and quantizer.
    ///   - latentChannels: The channels of a code.
    ///   - codeCount: The number of codes.
    public init(
        channels: Int, multipliers: [Int], blocks: Int, resolution: Int,
        attentionResolutions: [Int], innerChannels: Int, latentChannels: Int, codeCount: Int
    ) {
        self.channels = channels
        self.multipliers = multipliers
        self.blocks = blocks
        self.resolution = resolution
        self.attentionResolutions = attentionResolutions
        self.innerChannels = innerChannels
        self.latentChannels = latentChannels
        self.codeCount = codeCount
    }

    /// Reads settings, so that networks built from them cannot trap.
    init(_ object: inout StrictObject) throws(ObjectFault) {
        self.init(
            channels: try object.count("ch", in: 32 ... 1024),
            multipliers: try object.counts("ch_mult", in: 1 ... 16),
            blocks: try object.count("num_res_blocks", in: 1 ... 64),
            resolution: try object.count("resolution", in: 1 ... 8192),
            attentionResolutions: try object.counts("attn_resolutions", in: 1 ... 8192),
            innerChannels: try object.count("z_channels", in: 1 ... 4096),
            latentChannels: try object.count("embed_dim", in: 1 ... 4096),
            codeCount: try object.count("n_embed", in: 2 ... 65536))
        for key in ["in_channels", "out_ch"] where object.has(key) {
            _ = try object.count(key, in: 3 ... 3)
        }
        if object.has("dropout") { _ = try object.number("dropout") }
        if object.has("double_z"), try object.flag("double_z") {
            throw .form(
                key: object.path(of: "double_z"), found: "true", expected: "false for a quantizer")
        }
        guard (1 ... 6).contains(multipliers.count) else {
            throw .count(key: object.path(of: "ch_mult"), found: multipliers.count, expected: 5)
        }
        guard channels % 32 == 0 else {
            throw .contradiction(
                key: object.path(of: "ch"), found: channels, expected: channels / 32 * 32,
                because: "channels are normalized in 32 groups")
        }
    }

    /// The settings as a part of `model.json` holds them.
    public var json: JSONObject {
        func list(_ counts: [Int]) -> JSONValue { .array(counts.map { .integer($0) }) }
        return [
            "ch": .integer(channels), "ch_mult": list(multipliers),
            "num_res_blocks": .integer(blocks), "resolution": .integer(resolution),
            "attn_resolutions": list(attentionResolutions), "z_channels": .integer(innerChannels),
            "embed_dim": .integer(latentChannels), "n_embed": .integer(codeCount),
        ]
    }

    /// The side of the square of pixels that one position stands for.
    public var pixelsPerToken: Int { 1 << (multipliers.count - 1) }

    /// The channels of each level, finest first.
    var widths: [Int] { multipliers.map { channels * $0 } }

    /// Whether a level has attention; 0 is the finest.
    func hasAttention(_ level: Int) -> Bool {
        attentionResolutions.contains(resolution >> level)
    }
}
