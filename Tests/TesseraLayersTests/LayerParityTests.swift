import TesseraCheckpoint
import TesseraPacking
import TesseraLayers
import TesseraTensor
import Testing
import _TesseraTestSupport

/// Every layer gives what PyTorch gives; the files come from Tests/Tools/make-fixtures.py.
///
/// The tolerance is the project's for parity, 1e-4 of the largest number: sums of some hundred
/// products in another order differ by some 1e-6.
@Suite struct LayerParityTests {
    let file: SafetensorsFile
    let x: Tensor<Float>

    init() throws {
        file = try SafetensorsFile(path: fixturePath("layers.safetensors"))
        x = try file.tensor("x", shape: [2, 6, 7, 9])
    }

    @Test(arguments: [
        ("plain", 3, 1, [6, 7]), ("strided", 3, 2, [3, 4]), ("pointwise", 1, 1, [6, 7]),
    ])
    func convolutionMatches(name: String, side: Int, stride: Int, size: [Int]) throws {
        let layer = try Convolution(
            named: name, in: Weights(file), inputs: 9, outputs: 10, side: side, stride: stride)
        let expected = try file.tensor("\(name).output", shape: [2] + size + [10])
        #expect(relativeDifference(layer(x), expected) < 1e-4)
    }

    @Test func residualBlockAndItsPullbackMatch() throws {
        let block = try ResidualBlock(named: "block", in: Weights(file), channels: 9)
        let (output, trace) = block.forward(x)
        let gradient = try file.tensor("block.gradient", shape: x.shape)
        #expect(relativeDifference(output, try file.tensor("block.output", shape: x.shape)) < 1e-4)
        #expect(block(x).elements == output.elements)
        let passed = Tensor(
            shape: x.shape,
            elements: zip(gradient.elements, output.elements).map { $1 > 0 ? $0 : 0 })
        #expect(
            relativeDifference(
                block.pullback(of: passed, trace: trace),
                try file.tensor("block.pullback", shape: x.shape)) < 1e-4)
        // The same, where the input is above 0 alone.
        let before = block.pullback(of: passed, trace: trace, throughRelu: PositiveMask(x))
        #expect(
            before.elements
                == zip(block.pullback(of: passed, trace: trace).elements, x.elements)
                .map { $1 > 0 ? $0 : 0 })
    }

    @Test func rotationMatches() throws {
        var heads = try file.tensor("rotation.input", shape: [30, 48])
        AxialRotation(headWidth: 8, size: 5).rotate(&heads, height: 3, width: 5)
        let expected = try file.tensor("rotation.output", shape: [30, 48])
        #expect(relativeDifference(heads, expected) < 1e-4)
    }

    @Test func transformerLayerMatches() throws {
        let layer = try TransformerLayer(named: "layer", in: Weights(file), width: 16, headCount: 2)
        let output = layer(
            try file.tensor("layer.input", shape: [30, 16]), batch: 2, height: 3, width: 5,
            rotation: AxialRotation(headWidth: 8, size: 7))
        #expect(
            relativeDifference(output, try file.tensor("layer.output", shape: [30, 16])) < 1e-4)
    }

    @Test func refusesWeightsOfAnotherShape() throws {
        #expect(throws: CheckpointError.self) {
            try Convolution(named: "plain", in: Weights(file), inputs: 10, outputs: 9)
        }
        #expect(throws: CheckpointError.self) {
            try TransformerLayer(named: "layer", in: Weights(file), width: 32, headCount: 2)
        }
        #expect(throws: CheckpointError.self) {
            try Linear(named: "absent", in: Weights(file), inputs: 1, outputs: 1)
        }
    }
}
