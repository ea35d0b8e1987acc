/// Where the texture of a filled hole comes from.
public enum HoleTexture: String, Sendable, CaseIterable {
    /// From exemplars where they were measured to be better, else from the model.
    ///
    /// Holes too thin for a patch, scattered missing pixels and pictures with little to copy from are the
    /// model's; see ``HoleTexture/Exemplars`` for the limits.
    case auto

    /// Pixels of the same picture are copied, guided by what the model says goes where.
    case exemplar

    /// What the model's tokens decode to.
    case model
}
