/// What a decoder was trained for.
public enum DecodingObjective: String, Hashable, Sendable, CaseIterable {
    /// A small squared error: the highest PSNR, and smooth textures.
    case psnr

    /// A small perceptual distance, and pictures that a discriminator takes for photographs (VQGAN,
    /// arXiv 2012.09841): sharper textures for half a decibel.
    case perceptual
}
