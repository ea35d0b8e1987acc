/// How a restored image looks: near the truth on average, or with the texture of a photograph.
///
/// A denoiser leaves out what it cannot know. A sharpener draws it, likely but not what was there; the
/// look is the share of what it adds. No estimate of as much error looks more like photographs than a mix of the
/// two: D. Freirich, T. Michaeli and R. Meir, "A Theory of the Distortion-Perception Tradeoff in Wasserstein Space",
/// NeurIPS 2021.
public struct Look: Hashable, Sendable {
    /// The share of what a sharpener adds, from 0 to 1.
    public let sharpness: Double

    /// Makes a look; `nil` unless the share is from 0 to 1.
    ///
    /// - Parameter sharpness: The share of what a sharpener adds.
    public init?(sharpness: Double) {
        guard (0 ... 1).contains(sharpness) else { return nil }
        self.sharpness = sharpness
    }

    private init(_ sharpness: Double) { self.sharpness = sharpness }

    /// The least error: no sharpener is asked.
    public static let faithful = Look(0)

    /// Half of what a sharpener adds.
    public static let natural = Look(0.5)

    /// All of what a sharpener adds.
    public static let sharp = Look(1)

    /// The looks that have a name.
    public static let named = [
        (name: "faithful", look: faithful), (name: "natural", look: natural),
        (name: "sharp", look: sharp),
    ]

    /// Reads a look; `nil` if the text is none.
    ///
    /// - Parameter text: A name of ``named``, or a share from 0 to 1.
    public init?(_ text: String) {
        let named = Self.named.first { $0.name == text }?.look
        guard let look = named ?? Double(text).flatMap(Look.init(sharpness:)) else { return nil }
        self = look
    }

    /// The name, or the share if it has none.
    public var name: String {
        Self.named.first { $0.look == self }?.name ?? "\(sharpness)"
    }
}
