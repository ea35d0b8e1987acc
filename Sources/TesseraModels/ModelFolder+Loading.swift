public import TesseraCheckpoint
public import TesseraInverse
import TesseraDenoiser
import TesseraPacking
import TesseraPrior
public import TesseraTensor
public import TesseraTokenizer
public import TesseraTokens

extension ModelFolder {
    /// What the tokenizer is like, before it is loaded.
    ///
    /// - Returns: Its sizes, and which decoders it has.
    /// - Throws: ``CheckpointError/model(path:_:)`` if its kind is not known or its settings are wrong.
    public func tokenizerTraits() throws(CheckpointError) -> TokenizerTraits {
        func traits<Family: TokenizerFamily>(
            of family: Family.Type
        ) throws(CheckpointError) -> TokenizerTraits {
            family.traits(of: try settings(of: family, as: .tokenizer))
        }
        return try traits(of: try tokenizerFamily())
    }

    /// Loads the tokenizer.
    ///
    /// - Parameter options: Which decoders work, and how they multiply.
    /// - Returns: The tokenizer.
    /// - Throws: ``CheckpointError`` if its kind is not known, its weights are not those of the folder or
    ///   do not fit its settings, or what the options ask for is not there.
    public func loadTokenizer(
        _ options: TokenizerOptions = TokenizerOptions()
    ) throws(CheckpointError) -> any VisualTokenizer {
        func load<Family: TokenizerFamily>(
            _ family: Family.Type
        ) throws(CheckpointError) -> any VisualTokenizer {
            try family.load(
                try settings(of: family, as: .tokenizer),
                from: try Weights(try weights(of: .tokenizer)), options)
        }
        return try load(try tokenizerFamily())
    }

    /// Loads the prior.
    ///
    /// - Parameter precision: The format in which its layers multiply.
    /// - Returns: The prior.
    /// - Throws: ``CheckpointError`` if there is none, its kind is not known, or its weights are not those
    ///   of the folder or do not fit its settings.
    public func loadPrior(
        precision: Precision = .float32
    ) throws(CheckpointError) -> any TokenPredictor {
        let vocabulary = try tokenizerTraits().vocabulary
        func load<Family: PriorFamily>(
            _ family: Family.Type
        ) throws(CheckpointError) -> any TokenPredictor {
            try family.load(
                try settings(of: family, as: .prior), vocabulary: vocabulary,
                from: try Weights(try weights(of: .prior)), precision: precision)
        }
        return try load(try priorFamily())
    }

    /// Loads the denoiser, and the networks of its kind beside it.
    ///
    /// - Parameter precision: The format in which their layers multiply.
    /// - Returns: The denoiser.
    /// - Throws: ``CheckpointError`` if there is none, a kind is not known, or weights are not those
    ///   of the folder or do not fit their settings.
    public func loadDenoiser(
        precision: Precision = .float32
    ) throws(CheckpointError) -> any PixelDenoiser {
        func load<Family: DenoiserFamily>(
            _ family: Family.Type, _ role: ModelPart.Role
        ) throws(CheckpointError) -> any PixelDenoiser {
            try family.load(
                try settings(of: family, as: role),
                from: try Weights(try weights(of: role)), precision: precision)
        }
        func loadIfPresent(
            _ role: ModelPart.Role
        ) throws(CheckpointError) -> (any PixelDenoiser)? {
            description.parts[role] == nil ? nil : try load(try denoiserFamily(of: role), role)
        }
        return PixelNetworks(
            denoiser: try load(try denoiserFamily(of: .denoiser), .denoiser),
            deblocker: try loadIfPresent(.deblocker), upscaler: try loadIfPresent(.upscaler),
            sharpener: try loadIfPresent(.sharpener))
    }

    /// Checks what the description says of every part, without opening weights.
    ///
    /// - Throws: ``CheckpointError/model(path:_:)`` if a kind is not known or settings are wrong.
    public func check() throws(CheckpointError) {
        func check<Family: ModelFamily>(
            _ family: Family.Type, _ role: ModelPart.Role
        ) throws(CheckpointError) {
            _ = try settings(of: family, as: role)
        }
        for role in ModelPart.Role.allCases where description.parts[role] != nil {
            try check(try family(of: role), role)
        }
    }

    /// The family of networks that a part belongs to.
    func family(of role: ModelPart.Role) throws(CheckpointError) -> any ModelFamily.Type {
        switch role {
        case .tokenizer: try tokenizerFamily()
        case .prior: try priorFamily()
        case .denoiser, .deblocker, .upscaler, .sharpener: try denoiserFamily(of: role)
        }
    }

    private func tokenizerFamily() throws(CheckpointError) -> any TokenizerFamily.Type {
        let kind = try part(.tokenizer).kind
        guard let family = Families.tokenizers.first(where: { $0.kind == kind }) else {
            throw unknown(kind, .tokenizer, known: Families.tokenizers.map { $0.kind })
        }
        return family
    }

    private func priorFamily() throws(CheckpointError) -> any PriorFamily.Type {
        let kind = try part(.prior).kind
        guard let family = Families.priors.first(where: { $0.kind == kind }) else {
            throw unknown(kind, .prior, known: Families.priors.map { $0.kind })
        }
        return family
    }

    private func denoiserFamily(
        of role: ModelPart.Role
    ) throws(CheckpointError) -> any DenoiserFamily.Type {
        let kind = try part(role).kind
        guard let family = Families.denoisers.first(where: { $0.kind == kind }) else {
            throw unknown(kind, role, known: Families.denoisers.map { $0.kind })
        }
        return family
    }

    func settings<Family: ModelFamily>(
        of family: Family.Type, as role: ModelPart.Role
    ) throws(CheckpointError) -> Family.Settings {
        let part = try part(role)
        do { return try family.settings(of: part, as: role) } catch {
            throw .model(path: path + "/" + ModelFolder.descriptionName, error)
        }
    }

    private func unknown(
        _ kind: String, _ role: ModelPart.Role, known: [String]
    ) -> CheckpointError {
        .model(path: path, .kind(role: role, found: kind, known: known))
    }
}
