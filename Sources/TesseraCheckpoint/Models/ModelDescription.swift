/// What `model.json` says about a model: its parts, their weight files, and how it came to be.
///
/// It knows no network: each part has a kind, which names a family of networks, and settings that the
/// family reads.
public struct ModelDescription: Hashable, Sendable {
    /// The version of the schema that is written; earlier ones are read.
    public static let format = 2

    /// The name, which is also that of the folder when it ships.
    public var name: String

    /// One or two sentences for people.
    public var summary: String

    /// The parts by what they do; a folder without a tokenizer and without a denoiser is no model.
    public var parts: [ModelPart.Role: ModelPart]

    /// What the model was trained with.
    public var training: Training

    /// Measurements by name of the data and name of the metric, such as `bench256` and `psnr`.
    public var metrics: [String: [String: Double]]

    /// Makes a description.
    ///
    /// - Parameters:
    ///   - name: The name of the model.
    ///   - summary: One or two sentences for people; `description` in the file.
    ///   - parts: The parts by what they do.
    ///   - training: What the model was trained with.
    ///   - metrics: Measurements by name of the data and name of the metric.
    public init(
        name: String, summary: String, parts: [ModelPart.Role: ModelPart], training: Training,
        metrics: [String: [String: Double]] = [:]
    ) {
        self.name = name
        self.summary = summary
        self.parts = parts
        self.training = training
        self.metrics = metrics
    }

    /// Whether there is a part that predicts tokens.
    public var hasPrior: Bool { parts[.prior] != nil }
}

extension ModelDescription {
    /// What a model was trained with.
    public struct Training: Hashable, Sendable {
        /// The name of the data.
        public var data: String

        /// The licence of the data.
        public var licence: String

        /// The optimizer steps of the tokenizer.
        public var steps: Int

        /// The machine.
        public var hardware: String

        /// The command that makes the model again.
        public var command: String

        /// The optimizer steps of the prior, if there is one.
        public var priorSteps: Int?

        /// Describes a training.
        ///
        /// - Parameters:
        ///   - data: The name of the data.
        ///   - licence: The licence of the data.
        ///   - steps: The optimizer steps of the tokenizer.
        ///   - hardware: The machine.
        ///   - command: The command that makes the model again.
        ///   - priorSteps: The optimizer steps of the prior, if there is one.
        public init(
            data: String, licence: String, steps: Int, hardware: String, command: String,
            priorSteps: Int? = nil
        ) {
            self.data = data
            self.licence = licence
            self.steps = steps
            self.hardware = hardware
            self.command = command
            self.priorSteps = priorSteps
        }
    }
}
