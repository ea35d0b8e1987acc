/// A picture as files hold it: upright, 8 or 16 bits a sample, gray or RGB, alpha apart.
///
/// Networks see ``pixels``, numbers in [-1, 1]; a picture from 8 or 16 bits that went there and came
/// back is the same to the last bit. The samples are kept as integers because they take a quarter of
/// the memory: a large picture is converted tile by tile, never as a whole.
///
///     var image = try Image(contentsOf: "in.jpg")
///     image.text = [TextEntry(keyword: "tessera", value: recipe)]
///     try image.write(to: "out.jpg")
///
/// Reading applies the EXIF orientation, keeps the ICC profile without applying it, and turns palettes
/// and CMYK into RGB.
public struct Image: Sendable, Equatable {
    /// The width in pixels.
    public let width: Int

    /// The height in pixels.
    public let height: Int

    /// Whether a pixel has one sample or three.
    public let colour: Colour

    /// The colour samples in reading order, those of a pixel side by side.
    public internal(set) var samples: Samples

    /// One sample of opacity a pixel, of the depth of ``samples``; none if every pixel is opaque.
    public internal(set) var alpha: Samples?

    /// The format that the picture came in, and that it is written in unless another is asked for.
    public var format: ImageFormat

    /// The ICC profile that says which colours the samples mean; it is kept, never applied.
    public var colourProfile: [UInt8]?

    /// Texts that travel with the picture.
    public var text: [TextEntry]

    /// How coarsely the JPEG was stored that the picture was read from; none if it comes from elsewhere.
    public internal(set) var quantization: JPEGQuantization?

    /// What the samples of a pixel are.
    public enum Colour: Int, Sendable {
        /// One sample of lightness.
        case gray = 1

        /// Red, green and blue.
        case rgb = 3

        /// The samples of a pixel.
        public var channelCount: Int { rawValue }
    }

    /// The bits of a sample: 8 or 16.
    public var bitsPerSample: Int { samples.bits }

    /// Creates a picture from its samples.
    ///
    /// - Parameters:
    ///   - width: The width in pixels, at least 1.
    ///   - height: The height in pixels, at least 1.
    ///   - colour: Whether a pixel has one sample or three.
    ///   - samples: The colour samples in reading order.
    ///   - alpha: One sample of opacity a pixel, as deep as `samples`.
    ///   - format: The format it is written in unless another is asked for.
    ///   - colourProfile: An ICC profile.
    ///   - text: Texts to travel with it.
    /// - Precondition: The samples are as many as the size asks for.
    public init(
        width: Int, height: Int, colour: Colour, samples: Samples, alpha: Samples? = nil,
        format: ImageFormat = .png, colourProfile: [UInt8]? = nil, text: [TextEntry] = []
    ) {
        precondition(
            width > 0 && height > 0 && samples.count == width * height * colour.channelCount,
            "A \(width) × \(height) picture of \(colour.channelCount) channels got "
                + "\(samples.count) samples")
        if let alpha {
            precondition(
                alpha.count == width * height && alpha.bits == samples.bits,
                "A \(width) × \(height) picture of \(samples.bits) bits got "
                    + "\(alpha.count) alpha samples of \(alpha.bits) bits")
        }
        self.width = width
        self.height = height
        self.colour = colour
        self.samples = samples
        self.alpha = alpha
        self.format = format
        self.colourProfile = colourProfile
        self.text = text
    }
}

extension Image {
    /// Whether two pictures are the same; how a JPEG was stored that one was read from does not count.
    public static func == (first: Image, second: Image) -> Bool {
        first.width == second.width && first.height == second.height
            && first.colour == second.colour && first.samples == second.samples
            && first.alpha == second.alpha && first.format == second.format
            && first.colourProfile == second.colourProfile && first.text == second.text
    }
}
