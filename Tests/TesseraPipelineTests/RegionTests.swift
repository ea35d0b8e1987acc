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
