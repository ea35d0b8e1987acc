import TesseraCheckpoint
import TesseraTensor
import TesseraTokenizer
import TesseraTokens
import Testing
import _TesseraTestSupport

/// The laws of a code space, and what PyTorch's quantizers give, for the three of them.
@Suite struct CodeSpaceTests {
    static let kinds = ["dimension", "binary", "factorized"]

    let file: SafetensorsFile

    init() throws {
        file = try SafetensorsFile(path: fixturePath("quantizers.safetensors"))
    }

    private func space(_ kind: String) throws -> any CodeSpace {
        switch kind {
        case "dimension":
            DimensionCodeSpace(
                levels: try file.tensor("quantizer.levels", shape: [8, 16]), slotCount: 4)
        case "binary": BinaryCodeSpace(slotCount: 4, bitsPerSlot: 8)
        default:
            FactorizedCodeSpace(
                codebooks: try file.tensor("quantizer.codebooks", shape: [4, 256, 4]))
        }
    }

    /// Four slots of 256 codes, each code once.
    private let everyCode = (0 ..< 256).flatMap { code in (0 ..< 4).map { Int32(code ^ $0 * 21) } }

    @Test(arguments: kinds)
    func matchesPyTorch(kind: String) throws {
        let space = try space(kind)
        let shape = [30, space.latentChannels]
        let latent = try file.tensor("\(kind).latent", shape: shape)
        let codes = try file.tensor("\(kind).codes", shape: [30, 4], of: Int32.self).elements
        #expect(space.quantize(latent) == codes)
        // Table look-ups: equal bits.
        #expect(
            space.embed(codes).elements
                == (try file.tensor("\(kind).embedded", shape: shape)).elements)
    }

    @Test(arguments: kinds)
    func quantizingAnEmbeddingGivesItsCodes(kind: String) throws {
        let space = try space(kind)
        #expect(space.quantize(space.embed(everyCode)) == everyCode)
    }

    @Test(arguments: kinds)
    func expectationOfACertainCodeIsItsEmbedding(kind: String) throws {
        let space = try space(kind)
        var certain = Tensor<Float>(shape: [256, space.logitCount], repeating: 0)
        certain.withUnsafeMutableBuffer { certain in
            for (index, code) in everyCode.enumerated() {
                certain[index * 256 + Int(code)] = 1
            }
        }
        // Sums of one number and zeros: equal up to the sign of zero.
        #expect(space.expectation(of: certain).elements == space.embed(everyCode).elements)
    }

    @Test(arguments: kinds)
    func expectationAndItsPullbackAreAdjoint(kind: String) throws {
        let space = try space(kind)
        let p = randomTensor([7, space.logitCount], seed: 1)
        let g = randomTensor([7, space.latentChannels], seed: 2)
        let forward = innerProduct(space.expectation(of: p), g)
        let backward = innerProduct(p, space.expectationPullback(of: g))
        // Sums of 1024 terms in single precision: some 1e-6 of their scale.
        #expect(abs(forward - backward) < 1e-5 * Double(7 * space.logitCount).squareRoot())
    }

    @Test(arguments: kinds)
    func quantizesToTheNearestCodeOfAll(kind: String) throws {
        let space = try space(kind)
        let width = space.latentChannels / 4
        let latent = randomTensor([9, space.latentChannels], seed: 5)
        let codes = space.quantize(latent)
        let table = space.embed((0 ..< 256).flatMap { code in [Int32](repeating: code, count: 4) })
            .elements
        let values = latent.elements
        for index in codes.indices {
            // Unit codes are nearest where the product is largest, so one rule serves all three.
            let distances = (0 ..< 256).map { code in
                let start = (code * 4 + index % 4) * width
                let position = index / 4 * 4 * width + index % 4 * width
                return (0 ..< width).reduce(Float(0)) { sum, channel in
                    let difference = values[position + channel] - table[start + channel]
                    return sum + difference * difference
                }
            }
            let least = distances.min() ?? 0
            #expect(distances[Int(codes[index])] <= least + 1e-5)
        }
    }

    @Test func binaryTreatsZeroAsUnset() {
        let space = BinaryCodeSpace(slotCount: 1, bitsPerSlot: 3)
        let latent = Tensor<Float>(shape: [2, 3], elements: [0, 0.1, -2, 1, -0.0, 3])
        #expect(space.quantize(latent) == [0b010, 0b101])
    }

    @Test func dimensionTakesTheLowerOfTwoLevelsEquallyNear() {
        let space = DimensionCodeSpace(
            levels: Tensor(shape: [2, 2], elements: [-1, 1, 0, 4]), slotCount: 1)
        let latent = Tensor<Float>(shape: [3, 2], elements: [0, 2, 9, 2.5, -9, 9])
        #expect(space.quantize(latent) == [0b00, 0b11, 0b01])
    }
}
