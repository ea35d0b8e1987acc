import Testing

import TesseraCuration
import TesseraTensor
import TesseraTokens

/// Codes that stand for themselves: one channel a slot.
struct PlainCodeSpace: CodeSpace {
    let vocabulary = [16, 16]
    let latentChannels = 2

    func expectation(of probabilities: Tensor<Float>) -> Tensor<Float> { probabilities }
    func expectationPullback(of gradient: Tensor<Float>) -> Tensor<Float> { gradient }
    func quantize(_ latent: Tensor<Float>) -> [Int32] { latent.elements.map { Int32($0) } }

    func embed(_ codes: [Int32]) -> Tensor<Float> {
        Tensor(shape: [codes.count / 2, 2], elements: codes.map { Float($0) })
    }

    /// A grid whose codes are given by row, column and slot.
    func grid(
        height: Int, width: Int, _ code: (Int, Int, Int) -> Int
    ) -> TokenGrid {
        var codes: [Int32] = []
        for row in 0 ..< height {
            for column in 0 ..< width {
                for slot in 0 ..< 2 { codes.append(Int32(code(row, column, slot))) }
            }
        }
        return TokenGrid(height: height, width: width, vocabulary: vocabulary, codes: codes)
    }
}

@Suite struct DifferenceHashTests {
    let space = PlainCodeSpace()
    var hash: DifferenceHash { DifferenceHash(space) }

    /// Seeded noise over blocks of positions.
    func noise(_ seed: UInt64, height: Int = 16, width: Int = 16, block: Int = 2) -> TokenGrid {
        let random = RandomSource(seed: seed)
        return space.grid(height: height, width: width) { row, column, slot in
            Int(random.bits(step: slot, position: row / block * 64 + column / block).x % 12)
        }
    }

    func distance(_ a: TokenGrid, _ b: TokenGrid) -> Double {
        let bits = zip(hash.words(of: a), hash.words(of: b)).reduce(0) {
            $0 + ($1.0 ^ $1.1).nonzeroBitCount
        }
        return Double(bits) / Double(hash.bitCount)
    }

    @Test func saysWhereEachChannelRises() {
        let rising = space.grid(height: 16, width: 16) { _, column, slot in slot == 0 ? column : 0 }
        let words = hash.words(of: rising)
        let half = hash.bitCount / 2
        for bit in 0 ..< hash.bitCount {
            let isSet = words[bit / 64] >> UInt64(bit % 64) & 1 == 1
            #expect(isSet == (bit < half && bit % 2 == 0))
        }
    }

    @Test(arguments: 0 ..< 10 as Range<UInt64>)
    func overallBrightnessChangesNothing(seed: UInt64) {
        let grid = noise(seed)
        let brighter = space.grid(height: 16, width: 16) { row, column, slot in
            Int(grid.codes[(row * 16 + column) * 2 + slot]) + 4
        }
        #expect(distance(grid, brighter) == 0)
    }

    /// Means of blocks do not change if blocks have more positions, but for their rounding.
    @Test(arguments: 0 ..< 10 as Range<UInt64>)
    func anotherSizeChangesLittle(seed: UInt64) {
        let grid = noise(seed)
        let large = space.grid(height: 32, width: 48) { row, column, slot in
            Int(grid.codes[(row / 2 * 16 + column / 3) * 2 + slot])
        }
        #expect(distance(grid, large) < 0.02)
    }

    /// The bits of pictures that have nothing in common are as good as tossed.
    @Test func otherPicturesAndMirroredOnesAreFar() {
        for seed in 0 ..< 10 as Range<UInt64> {
            let grid = noise(seed)
            let mirrored = space.grid(height: 16, width: 16) { row, column, slot in
                Int(grid.codes[(row * 16 + 15 - column) * 2 + slot])
            }
            #expect(distance(grid, noise(seed + 100)) > 0.35)
            #expect(distance(grid, mirrored) > 0.35)
        }
    }

    @Test func aSinglePositionHasACode() {
        let grid = space.grid(height: 1, width: 1) { _, _, _ in 3 }
        #expect(hash.words(of: grid).allSatisfy { $0 == 0 })
    }
}
