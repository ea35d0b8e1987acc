import TesseraCheckpoint
import TesseraImage
import TesseraInverse
import TesseraPerception
import TesseraPipeline
import TesseraTensor
import Testing
import _TesseraTestSupport

@Suite struct HoleComparisonTests {
    let perception: PerceptualDistance
    let hole: PixelMask
    let filled: Image
    let truth: Image
    let file: SafetensorsFile

    init() throws {
        perception = try PerceptualDistance(contentsOf: narrowSqueezeNetPath)
        file = try SafetensorsFile(path: filledHolePath)
        filled = try Self.picture("filled", in: file)
        truth = try Self.picture("truth", in: file)
        hole = PixelMask(
            height: 70, width: 61,
            isHole: try file.tensor("hole", shape: [70, 61]).elements.map { $0 > 0 })
    }

    private static func picture(_ name: String, in file: SafetensorsFile) throws -> Image {
        let levels = try file.tensor(name, shape: [70, 61, 3]).elements
        return Image(
            width: 61, height: 70, colour: .rgb, samples: .eight(levels.map { UInt8($0) }))
    }

    /// The tolerance is the project's for parity with PyTorch, 1e-4.
    @Test func figuresMatchThoseOfPython() throws {
        let found = try #require(
            HoleComparison(filled, with: truth, hole: hole, perception: perception))
        for (name, value) in [
            ("sharpness", found.sharpness), ("seam", found.seam),
            ("holeDistance", found.perceptualDistance), ("frechet", found.frechetDistance),
        ] {
            let expected = Double(try file.tensor(name, shape: [1]).elements[0])
            let value = try #require(value)
            #expect(abs(value - expected) < 1e-4 * expected, "\(name): \(value), not \(expected)")
        }
        let comparison = PictureComparison(filled, with: truth, hole: hole, perception: perception)
        #expect(comparison.hole == found)
    }

    @Test func aHoleFilledWithTheTruthIsRight() throws {
        let found = try #require(
            HoleComparison(truth, with: truth, hole: hole, perception: perception))
        #expect(found.sharpness == 1 && found.seam == 1 && found.perceptualDistance == 0)
        // Cancellation of variances leaves some 1e-14 of them.
        #expect(abs(try #require(found.frechetDistance)) < 1e-10)
    }

    @Test func withoutANetworkThereAreFiguresOfPixels() throws {
        let found = try #require(HoleComparison(filled, with: truth, hole: hole))
        #expect(found.sharpness < 0.6 && found.seam != nil)
        #expect(found.perceptualDistance == nil && found.frechetDistance == nil)
    }

    @Test func onlyWideHolesHaveFigures() {
        func isCompared(_ hole: PixelMask) -> Bool {
            HoleComparison(filled, with: truth, hole: hole) != nil
        }
        func line(_ width: Int) -> PixelMask {
            PixelMask(height: 70, width: 61, rows: 10 ..< 50, columns: 20 ..< 20 + width)
        }
        #expect(!isCompared(line(0)) && !isCompared(line(6)) && isCompared(line(7)))
        let random = RandomSource(seed: 1)
        #expect(!isCompared(PixelMask(height: 70, width: 61, fraction: 0.7, random: random)))
        // A hole without anything around it has no border, but texture.
        #expect(isCompared(PixelMask(height: 70, width: 61, rows: 0 ..< 70, columns: 0 ..< 61)))
    }
}
