import TesseraInverse
import TesseraTensor
import Testing

/// Which holes degradations make, and what is measured of them.
@Suite struct HoleTests {
    func hole(
        of degradation: Degradation, height: Int = 120, width: Int = 90, seed: UInt64
    ) throws -> PixelMask {
        try #require(
            degradation.forwardOperator(
                height: height, width: width, random: RandomSource(seed: seed, key: 3)
            ).hole)
    }

    static let sizes = [(120, 90), (64, 64), (12, 300), (300, 12), (5, 7), (1, 1), (3, 1)]

    @Test(arguments: sizes)
    func aBlobHasItsAreaInOnePiece(height: Int, width: Int) throws {
        for seed in 0 ..< 8 as Range<UInt64> {
            let blob = try hole(of: .inpaintBlob, height: height, width: width, seed: seed)
            #expect(blob.holeCount == Int((0.12 * Double(height * width)).rounded()))
            #expect(blob.pieceCount <= 1)
        }
    }

    @Test func blobsDifferAndLieAwayFromTheBorder() throws {
        let blobs = try (0 ..< 20 as Range<UInt64>).map {
            try hole(of: .inpaintBlob, height: 256, width: 256, seed: $0)
        }
        #expect(Set(blobs).count == blobs.count)
        for blob in blobs {
            let bounds = try #require(blob.bounds)
            // The outline is drawn at pixels' middles: one pixel more or less.
            for range in [bounds.rows, bounds.columns] {
                #expect(range.lowerBound >= 15 && range.upperBound <= 241)
            }
            // No square and no disc: a disc of this area has a box of 100 pixels a side.
            #expect(max(bounds.rows.count, bounds.columns.count) > 100)
        }
    }

    @Test(arguments: sizes)
    func scratchesHaveTheirAreaAndAreThin(height: Int, width: Int) throws {
        var masks: Set<PixelMask> = []
        for seed in 0 ..< 8 as Range<UInt64> {
            let mask = try hole(of: .inpaintScratches, height: height, width: width, seed: seed)
            #expect(mask.holeCount == Int((0.05 * Double(height * width)).rounded()))
            masks.insert(mask)
            // A disc of 4 pixels holds no square of 5, and two that cross hardly one of 9.
            #expect(!mask.hasHole(ofSide: 9))
        }
        if height * width > 1000 { #expect(masks.count == 8) }
    }

    @Test(arguments: [0, 0.3, 0.9, 1])
    func asMuchIsMissingAsAsked(part: Double) throws {
        var degradation = Degradation.inpaintRandom
        degradation.parameters.missing = part
        let mask = try hole(of: degradation, height: 30, width: 40, seed: 1)
        #expect(mask.holeCount == Int((part * 1200).rounded()))
    }

    /// Where the middle was before there was a choice.
    @Test(arguments: [6, 64, 90, 101, 150])
    func aBoxLiesInTheMiddleUnlessAsked(side: Int) throws {
        var degradation = Degradation.inpaintBox
        degradation.parameters.boxSide = side
        let (top, left) = ((120 - side) / 2, (90 - side) / 2)
        #expect(
            try hole(of: degradation, seed: 1)
                == PixelMask(
                    height: 120, width: 90, rows: top ..< top + side, columns: left ..< left + side)
        )
    }

    @Test(arguments: [1, 40, 58, 59, 90])
    func aBoxByChanceLiesInsideAndAwayFromTheBorder(side: Int) throws {
        var degradation = Degradation.inpaintBox
        degradation.parameters.boxSide = side
        degradation.parameters.boxPlace = .random
        var places: Set<[Int]> = []
        for seed in 0 ..< 200 as Range<UInt64> {
            let box = try hole(of: degradation, seed: seed)
            let bounds = try #require(box.bounds)
            #expect(bounds.rows.count == side && bounds.columns.count == side)
            for (range, extent) in [(bounds.rows, 120), (bounds.columns, 90)]
            where side + 32 <= extent {
                #expect(range.lowerBound >= 16 && range.upperBound <= extent - 16)
            }
            places.insert([bounds.rows.lowerBound, bounds.columns.lowerBound])
        }
        // Every place of an axis with little room is met; a box as wide as the picture has one.
        #expect(places.count > 10)
        if side == 58 { #expect(Set(places.map { $0[1] }) == [16]) }
        if side == 59 { #expect(Set(places.map { $0[1] }) == Set(0 ... 31)) }
    }

    @Test(arguments: [0, 1, 3, 20])
    func anErosionLeavesWhatIsFarFromTheKnown(margin: Int) throws {
        let mask = PixelMask(height: 19, width: 23, fraction: 0.2, random: RandomSource(seed: 5))
            .inverted
        let eroded = mask.eroded(by: margin)
        for y in 0 ..< 19 {
            for x in 0 ..< 23 {
                let isFar = (-margin ... margin).allSatisfy { rows in
                    let rest = margin - abs(rows)
                    return (-rest ... rest).allSatisfy { columns in
                        (0 ..< 19).contains(y + rows) && (0 ..< 23).contains(x + columns)
                            && mask.isHole[(y + rows) * 23 + x + columns]
                    }
                }
                #expect(eroded.isHole[y * 23 + x] == isFar)
            }
        }
    }

    let square = PixelMask(height: 20, width: 24, rows: 5 ..< 15, columns: 6 ..< 18)

    /// A ramp of luma, in 8-bit levels a pixel to the right, and more inside of the square.
    func ramp(_ slope: Float, step: Float = 0) -> Tensor<Float> {
        Tensor(
            shape: [1, 20, 24, 3],
            elements: (0 ..< 20 * 24 * 3).map { i in
                let level = 40 + slope * Float(i / 3 % 24) + (square.isHole[i / 3] ? step : 0)
                return level / 127.5 - 1
            })
    }

    @Test func sharpnessIsTheRatioOfSquaredSlopes() {
        let inside = square.eroded(by: 3)
        let ratio = sharpness(of: ramp(2), comparedTo: ramp(4), inside: inside)
        // Luma's weights sum to 1 within rounding.
        #expect(abs(ratio - (4 + 0.05) / (16 + 0.05)) < 1e-9)
        // A step at the border is none inside.
        let lifted = sharpness(of: ramp(2, step: 30), comparedTo: ramp(2), inside: inside)
        #expect(abs(lifted - 1) < 1e-9)
    }

    @Test func aSeamIsAStepAcrossTheBorderOnly() throws {
        let flat = try #require(seam(of: ramp(0, step: 8), comparedTo: ramp(0), around: square))
        #expect(abs(flat - (8 + 0.05) / 0.05) < 1e-6)
        let none = try #require(seam(of: ramp(2), comparedTo: ramp(2), around: square))
        #expect(none == 1)
        let lifted = try #require(seam(of: ramp(2, step: 1), comparedTo: ramp(2), around: square))
        #expect(lifted > 1.1)
        let whole = PixelMask(height: 20, width: 24, rows: 0 ..< 20, columns: 0 ..< 24)
        #expect(seam(of: ramp(2), comparedTo: ramp(2), around: whole) == nil)
    }
}

extension PixelMask {
    /// In how many pieces the hole is, of pixels beside, above or below each other.
    fileprivate var pieceCount: Int {
        var left = Set(isHole.indices.filter { isHole[$0] })
        var count = 0
        while let first = left.first {
            count += 1
            var edge = [first]
            left.remove(first)
            while let pixel = edge.popLast() {
                var near = [pixel - width, pixel + width]
                if pixel % width > 0 { near.append(pixel - 1) }
                if pixel % width + 1 < width { near.append(pixel + 1) }
                for next in near where left.remove(next) != nil { edge.append(next) }
            }
        }
        return count
    }
}
