public import TesseraCheckpoint
public import TesseraPacking
import TesseraLayers
public import TesseraTensor
public import TesseraTokens

/// A bidirectional transformer that predicts the masked slots of a grid from all the others.
///
/// A position is the sum of its slots' embeddings, each slot with a row of its own for the mask, and
/// of the label's. Layers see a window of positions whose place they know by rotation; one head a
/// slot gives the logits. H. Chang et al., MaskGIT, CVPR 2022; slots that are masked on their own as
/// in M. Weber et al., MaskBit, TMLR 2024.
///
/// A larger grid is covered by windows that step by half their size. Where they overlap,
/// log-probabilities are averaged with weights that fall towards the border of a window, where a model sees least: a
/// geometric mean of the windows' opinions.
public struct MaskedTransformer: TokenPredictor {
    /// The sizes of the network.
    public let architecture: MaskedTransformerArchitecture

    let slots: [Slot]
    let labelEmbedding: Tensor<Float>?
    let layers: [TransformerLayer]
    let norm: RootMeanSquareNorm
    let rotation: AxialRotation

    /// Reads the weights `slots.…`, `label.…`, `layers.…` and `norm.…`.
    ///
    /// - Parameters:
    ///   - file: The file that holds them.
    ///   - architecture: The sizes of the network.
    ///   - precision: The format in which the layers multiply; the heads, a twentieth of the work,
    ///     stay in f32.
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    public init(
        from file: Weights, architecture: MaskedTransformerArchitecture,
        precision: Precision = .float32
    ) throws(CheckpointError) {
        let width = architecture.width
        self.architecture = architecture
        var slots: [Slot] = []
        for (index, codeCount) in architecture.vocabulary.enumerated() {
            slots.append(
                try Slot(named: "slots.\(index)", in: file, codeCount: codeCount, width: width))
        }
        self.slots = slots
        labelEmbedding =
            architecture.labels.isEmpty
            ? nil
            : try file.tensor("label.embedding", shape: [architecture.labels.count + 1, width])
        var layers: [TransformerLayer] = []
        for index in 0 ..< architecture.layerCount {
            layers.append(
                try TransformerLayer(
                    named: "layers.\(index)", in: file, width: width,
                    headCount: architecture.headCount, precision: precision))
        }
        self.layers = layers
        norm = try RootMeanSquareNorm(named: "norm", in: file, width: width)
        rotation = AxialRotation(
            headWidth: width / architecture.headCount, size: architecture.window)
    }

    /// The number of codes of each slot of the grids that this model reads.
    public var vocabulary: [Int] { architecture.vocabulary }

    /// The names of the classes that the model was trained with; empty if it has none.
    public var labels: [String] { architecture.labels }

    /// What a slot adds to a position, and how its codes are scored.
    struct Slot: Sendable {
        /// One row a code, then one for the mask.
        ///
        /// Shape `[codeCount + 1, width]`.
        let embedding: Tensor<Float>

        let head: Linear

        init(
            named name: String, in file: Weights, codeCount: Int, width: Int
        ) throws(CheckpointError) {
            embedding = try file.tensor("\(name).embedding", shape: [codeCount + 1, width])
            head = try Linear(
                named: "\(name).head", in: file, inputs: width, outputs: codeCount, hasBias: true)
        }
    }
}
