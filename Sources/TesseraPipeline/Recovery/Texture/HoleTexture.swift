/// Where the texture of a filled hole comes from.
public enum HoleTexture: String, Sendable, CaseIterable {
    /// From exemplars where they were measured to be better, else from the model.
    ///
    /// Holes of less than 12 pixels, scattered missing pixels, and holes with less to copy from than they are
    /// large are the model's (`Documentation/Decisions/0032-exemplars.md`).
    case auto

    /// Pixels of the same picture are copied, guided by what the model says goes where; from 192 pixels on
    /// without a guide.
    case exemplar

    /// What the model's tokens decode to.
    case model
}
