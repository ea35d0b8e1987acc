import TesseraInverse
import TesseraPipeline
import TesseraTensor
import TesseraTokens
import Testing

@Suite struct RegionTests {
    @Test(arguments: [(1, 1), (5, 40), (41, 41), (100, 17), (64, 130)])
    func whatIsKeptOfWindowsCoversAGridOnce(height: Int, width: Int) {
        var counts = [Int](repeating: 0, count: height * width)
        for window in RecoveryWindow.covering(height: height, width: width) {
            #expect(window.rows.count <= RecoveryWindow.maximumSide)
            #expect(window.columns.count <= RecoveryWindow.maximumSide)
            #expect(window.rows.clamped(to: 0 ..< height) == window.rows)
            #expect(window.rows.clamped(to: window.keptRows) == window.keptRows)
            #expect(window.columns.clamped(to: window.keptColumns) == window.keptColumns)
            for row in window.keptRows {
                for column in window.keptColumns { counts[row * width + column] += 1 }
            }
        }
        #expect(counts.allSatisfy { $0 == 1 })
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func regionsHoldEveryMissingPixelAndDoNotOverlap(seed: UInt64) {
        let random = RandomSource(seed: seed)
        var isHole = [Bool](repeating: false, count: 500 * 700)
        for hole in 0 ..< 4 {
            let top = Int(random.uniform(step: 0, position: hole) * 480)
            let left = Int(random.uniform(step: 1, position: hole) * 680)
            for y in top ..< top + 20 {
                for x in left ..< left + 20 { isHole[y * 700 + x] = true }
            }
        }
        let mask = PixelMask(height: 500, width: 700, isHole: isHole)
        let regions = InpaintingRegion.covering(mask, side: 8)
        var counts = [Int](repeating: 0, count: 500 * 700)
        for region in regions {
            #expect(region.rows.count >= InpaintingRegion.leastSide)
            #expect(region.columns.count >= InpaintingRegion.leastSide)
            let rectangle = region.rectangle(side: 8, height: 500, width: 700)
            for y in rectangle.top ..< rectangle.top + rectangle.height {
                for x in rectangle.left ..< rectangle.left + rectangle.width {
                    counts[y * 700 + x] += 1
                }
            }
        }
        for index in isHole.indices {
            #expect(counts[index] <= 1)
            if isHole[index] { #expect(counts[index] == 1) }
        }
    }

    @Test func farHolesHaveRegionsOfTheirOwnAndNearOnesShareOne() {
        func count(distance: Int) -> Int {
            let isHole = (0 ..< 64 * 1000).map {
                $0 / 1000 == 32 && [20, 20 + distance].contains($0 % 1000)
            }
            return InpaintingRegion.covering(
                PixelMask(height: 64, width: 1000, isHole: isHole), side: 8
            ).count
        }
        #expect(count(distance: 40) == 1)
        #expect(count(distance: 900) == 2)
    }

    @Test func aSmallPictureIsOneRegion() {
        let mask = PixelMask(height: 9, width: 5, rows: 3 ..< 4, columns: 2 ..< 3)
        let regions = InpaintingRegion.covering(mask, side: 8)
        #expect(regions == [InpaintingRegion(rows: 0 ..< 2, columns: 0 ..< 1)])
    }
}

@Suite struct SmoothFillTests {
    @Test func knownValuesStayBitForBit() {
        let values = Tensor<Float>(
            shape: [1, 13, 21, 3], elements: (0 ..< 13 * 21 * 3).map { Float($0 % 17) / 17 })
        let mask = PixelMask(
            height: 13, width: 21, fraction: 0.6, random: RandomSource(seed: 3))
        let filled = smoothlyFilled(values, hole: mask).elements
        for (index, value) in values.elements.enumerated() where !mask.isHole[index / 3] {
            #expect(filled[index] == value)
        }
    }

    @Test func aHoleInAFlatPictureBecomesFlat() {
        let values = Tensor<Float>(shape: [1, 40, 30, 3], repeating: 0.25)
        let mask = PixelMask(height: 40, width: 30, rows: 3 ..< 39, columns: 5 ..< 28)
        // Weights that sum to one, rounded some ten times over.
        #expect(
            smoothlyFilled(values, hole: mask).elements.allSatisfy { abs($0 - 0.25) < 1e-5 })
    }

    @Test func aHoleIsFilledFromWhatIsNearIt() {
        let values = Tensor<Float>(
            shape: [1, 32, 64, 1], elements: (0 ..< 32 * 64).map { $0 % 64 < 32 ? -1 : 1 })
        let mask = PixelMask(height: 32, width: 64, rows: 8 ..< 24, columns: 4 ..< 20)
        let filled = smoothlyFilled(values, hole: mask).elements
        #expect(filled[16 * 64 + 12] < -0.8)
    }

    @Test func withoutAKnownValueThereIsZero() {
        let values = Tensor<Float>(shape: [1, 5, 6, 3], repeating: 7)
        let mask = PixelMask(height: 5, width: 6, rows: 0 ..< 5, columns: 0 ..< 6)
        #expect(smoothlyFilled(values, hole: mask).elements.allSatisfy { $0 == 0 })
    }
}
