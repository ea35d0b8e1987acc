import TesseraTensor
import TesseraTokenizer
import TesseraTokens
import Testing
import _TesseraTestSupport

/// Tiles change nothing, and any size has its tokens.
@Suite struct TilingTests {
    let networks: TinyNetworks

    init() throws { networks = try TinyNetworks() }

    /// One more than two halos, the most tiles there can be, up to a few positions of room.
    private var smallestSide: Int {
        2
            * max(
                TinyNetworks.architecture.encoderReceptiveField,
                TinyNetworks.architecture.decoderReceptiveField) + 1
    }

    /// Kernels work on blocks that begin elsewhere in a tile, so that sums are ordered otherwise: some
    /// units in the last place a layer.
    private let rounding: Float = 1e-5

    @Test(arguments: [0, 3, 8])
    func tiledEqualsUntiled(room: Int) {
        let whole = networks.tokenizer(tileSide: 1000)
        let tiled = networks.tokenizer(tileSide: smallestSide + room)
        let (height, width) = (8 * smallestSide + 83, 8 * smallestSide + 59)
        let pixels = randomTensor([1, height, width, 3], seed: 1)
        let grid = whole.encode(pixels)
        let expected = whole.decode(grid, height: height, width: width)
        #expect(
            relativeDifference(tiled.decode(grid, height: height, width: width), expected)
                < rounding)
        // A code may differ only where the latent lies on the border of two codes.
        let latent = networks.encoder.latent(height: height, width: width, tileSide: 1000) {
            pixels.pixels(in: $0)
        }.elements
        let scale = latent.reduce(0) { max($0, $1.magnitude) }
        for (index, codes) in zip(grid.codes, tiled.encode(pixels).codes).enumerated() {
            for bit in 0 ..< 4 where (codes.0 ^ codes.1) >> Int32(bit) & 1 == 1 {
                #expect(latent[index * 4 + bit].magnitude < rounding * scale)
            }
        }
    }

    @Test func latentsOfTilesAreThoseOfTheWhole() {
        let pixels = randomTensor([1, 8 * smallestSide + 40, 8 * smallestSide, 3], seed: 6)
        let latent = networks.encoder.latent(
            height: pixels.shape[1], width: pixels.shape[2], tileSide: smallestSide + 1
        ) { pixels.pixels(in: $0) }
        #expect(relativeDifference(latent, networks.encoder.encode(pixels)) < rounding)
    }

    @Test(arguments: [(1, 1), (7, 9), (8, 8), (17, 3)])
    func anySizeHasItsTokens(height: Int, width: Int) {
        let tokenizer = networks.tokenizer(tileSide: 100)
        let pixels = randomTensor([1, height, width, 3], seed: 2)
        let grid = tokenizer.encode(pixels)
        #expect(grid.height == (height + 7) / 8 && grid.width == (width + 7) / 8)
        #expect(grid.maskedIndices.isEmpty)
        let decoded = tokenizer.decode(grid, height: height, width: width)
        #expect(decoded.shape == pixels.shape)
        #expect(decoded.elements.allSatisfy { (-1 ... 1).contains($0) })
    }

    @Test func paddingRepeatsTheEdge() {
        let tokenizer = networks.tokenizer(tileSide: 100)
        let row = randomTensor([1, 1, 5, 3], seed: 3).elements
        let small = Tensor<Float>(
            shape: [1, 6, 5, 3], elements: (0 ..< 6).flatMap { _ in row })
        let edge = Array(row[12...])
        let wide = (0 ..< 8).flatMap { _ in row + edge + edge + edge }
        #expect(
            tokenizer.encode(small)
                == tokenizer.encode(Tensor(shape: [1, 8, 8, 3], elements: wide)))
    }

    @Test func writesEachPixelOnceInOrderAndReadsOnlyInside() {
        let tokenizer = networks.tokenizer(tileSide: smallestSide + 2)
        let (height, width) = (8 * smallestSide + 41, 8 * smallestSide + 77)
        let pixels = randomTensor([1, height, width, 3], seed: 4)
        let grid = tokenizer.encode(height: height, width: width) { rectangle in
            #expect(rectangle.top + rectangle.height <= height)
            #expect(rectangle.left + rectangle.width <= width)
            return pixels.pixels(in: rectangle)
        }
        var written = [Int](repeating: 0, count: height * width)
        var lastTop = 0
        tokenizer.decode(grid, height: height, width: width) { rectangle, part in
            #expect(part.shape == [1, rectangle.height, rectangle.width, 3])
            #expect(rectangle.top >= lastTop)
            lastTop = rectangle.top
            for y in rectangle.top ..< rectangle.top + rectangle.height {
                for x in rectangle.left ..< rectangle.left + rectangle.width {
                    written[y * width + x] += 1
                }
            }
        }
        #expect(written.allSatisfy { $0 == 1 })
    }

    @Test func anErrorOfTheReaderOrWriterEndsTheWork() throws {
        struct Interruption: Error {}
        let tokenizer = networks.tokenizer(tileSide: 100)
        #expect(throws: Interruption.self) {
            try tokenizer.encode(height: 8, width: 8) { _ throws(Interruption) in
                throw Interruption()
            }
        }
        let grid = TokenGrid(height: 1, width: 1, vocabulary: [16, 16], codes: [3, 4])
        #expect(throws: Interruption.self) {
            try tokenizer.decode(grid, height: 8, width: 8) { _, _ throws(Interruption) in
                throw Interruption()
            }
        }
    }
}
