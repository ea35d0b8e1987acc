public import TesseraDenoiser
public import TesseraPrior
public import TesseraTokenizer

/// The families of networks that models are made of: the only list of them.
///
/// A new family is a folder in TesseraTokenizer, TesseraPrior or TesseraDenoiser and a line here.
public enum Families {
    /// The families of tokenizers.
    public static let tokenizers: [any TokenizerFamily.Type] = [
        ResidualFamily.self, TamingFamily.self,
    ]

    /// The families of priors.
    public static let priors: [any PriorFamily.Type] = [
        MaskedTransformerFamily.self
    ]

    /// The families of denoisers.
    public static let denoisers: [any DenoiserFamily.Type] = [
        ResidualUNetFamily.self, FFDNetFamily.self, DRUNetFamily.self,
    ]
}
