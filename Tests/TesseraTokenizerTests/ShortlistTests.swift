import TesseraTensor
import TesseraTokenizer
import TesseraTokens
import Testing
import _TesseraTestSupport

/// A few codes of a large vocabulary in place of all.
@Suite struct ShortlistTests {
    let space = DimensionCodeSpace(
        levels: Tensor(shape: [4, 4], elements: (0 ..< 16).map { Float($0 % 4) - Float($0 / 4) }),
        slotCount: 2)
    let positions = 5

    /// Every code of both slots, at each position.
    private var everything: Shortlist {
        Shortlist(
            codes: (0 ..< positions * 2).flatMap { _ in (0 ..< 16).map { Int32($0) } },
            slotCount: 2, count: 16)
    }

    /// Three codes of each slot.
    private var few: Shortlist {
        Shortlist(
            codes: (0 ..< positions * 2).flatMap { [Int32($0 % 4), 7, Int32(9 + $0 % 7)] },
            slotCount: 2, count: 3)
    }

    @Test func aShortlistOfAllCodesIsTheWholeSpace() {
        let probabilities = softmax(randomTensor([positions * 2, 16], seed: 1))
            .reshaped(to: [positions, 32])
        let gradient = randomTensor([positions, 4], seed: 2)
        // Sums in another order.
        #expect(
            relativeDifference(
                space.expectation(of: probabilities, over: everything),
                space.expectation(of: probabilities)) < 1e-5)
        #expect(
            relativeDifference(
                space.expectationPullback(of: gradient, over: everything),
                space.expectationPullback(of: gradient)) < 1e-5)
        let latent = randomTensor([positions, 4], seed: 3)
        #expect(
            everything.codes(
                of: ShortlistedCodeSpace(space, shortlist: everything).quantize(latent))
                == space.quantize(latent))
    }

    /// The table's own gathering is what a dense matrix with zeros elsewhere gives.
    @Test func aFewCodesAreADenseDistributionWithZerosElsewhere() {
        let probabilities = softmax(randomTensor([positions * 2, 3], seed: 4))
            .reshaped(to: [positions, 6])
        let gradient = randomTensor([positions, 4], seed: 5)
        let plain = PlainCodeSpace(base: space)
        #expect(
            relativeDifference(
                space.expectation(of: probabilities, over: few),
                plain.expectation(of: probabilities, over: few)) < 1e-5)
        #expect(
            relativeDifference(
                space.expectationPullback(of: gradient, over: few),
                plain.expectationPullback(of: gradient, over: few)) < 1e-5)
    }

    @Test func theNearestCandidateIsFound() {
        let view = ShortlistedCodeSpace(space, shortlist: few)
        let found = view.quantize(randomTensor([positions, 4], seed: 6))
        for candidate in 0 ..< 3 as Range<Int32> {
            let codes = [Int32](repeating: candidate, count: positions * 2)
            #expect(view.quantize(view.embed(codes)) == codes)
        }
        #expect(few.candidates(of: few.codes(of: found)) == found)
        #expect(few.candidates(of: [Int32](repeating: 8, count: positions * 2)) == nil)
    }

    @Test func theBestAreTakenAndOneIsKept() {
        let logits = Logits(
            at: [0, 1], vocabulary: [5, 5],
            values: Tensor(shape: [10], elements: [0, 3, 1, 2, -1, 5, 4, 3, 2, 1]))
        let shortlist = Shortlist(bestOf: logits, keeping: [4, 0], slotCount: 2, count: 3)
        #expect(shortlist.codes == [1, 3, 4, 0, 1, 2])
    }

    /// Dense probabilities would take 1 GB.
    @Test func aQuarterOfAMillionCodesFitInMemory() {
        let (codeCount, positions, count) = (1 << 18, 1024, 64)
        let large = BinaryCodeSpace(slotCount: 1, bitsPerSlot: 18)
        let random = RandomSource(seed: 7)
        let shortlist = Shortlist(
            codes: (0 ..< positions).flatMap { position in
                (0 ..< count).map { place in
                    Int32(
                        place * (codeCount / count)
                            + Int(
                                random.uniform(step: 0, position: position, draw: place)
                                    * Float(codeCount / count)))
                }
            }, slotCount: 1, count: count)
        let probabilities = Tensor<Float>(
            shape: [positions, count], repeating: 1 / Float(count))
        let means = large.expectation(of: probabilities, over: shortlist)
        #expect(means.shape == [positions, 18])
        #expect(means.elements.allSatisfy { abs($0) <= 1 })
        #expect(
            large.expectationPullback(of: means, over: shortlist).shape == [positions, count])
    }
}

/// A code space that has nothing but the dense maps of another.
private struct PlainCodeSpace: CodeSpace {
    let base: any CodeSpace
    var vocabulary: [Int] { base.vocabulary }
    var latentChannels: Int { base.latentChannels }
    func expectation(of probabilities: Tensor<Float>) -> Tensor<Float> {
        base.expectation(of: probabilities)
    }
    func expectationPullback(of gradient: Tensor<Float>) -> Tensor<Float> {
        base.expectationPullback(of: gradient)
    }
    func quantize(_ latent: Tensor<Float>) -> [Int32] { base.quantize(latent) }
    func embed(_ codes: [Int32]) -> Tensor<Float> { base.embed(codes) }
}
