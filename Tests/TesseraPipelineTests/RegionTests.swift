import TesseraInverse
import TesseraPipeline
import TesseraTensor
import TesseraTokens
import Testing

@Suite struct RegionTests {
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
        let regions = HoleRegion.covering(mask, side: 8)
        var counts = [Int](repeating: 0, count: 500 * 700)
        for region in regions {
            let rectangle = region.rectangle
            // The last row and column of positions reach over the picture.
            #expect(rectangle.height > 8 * (HoleRegion.leastSide - 1))
            #expect(rectangle.width > 8 * (HoleRegion.leastSide - 1))
            for y in rectangle.rows {
                for x in rectangle.columns { counts[y * 700 + x] += 1 }
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
            return HoleRegion.covering(
                PixelMask(height: 64, width: 1000, isHole: isHole), side: 8
            ).count
        }
        #expect(count(distance: 40) == 1)
        #expect(count(distance: 900) == 2)
    }

    @Test func aSmallPictureIsOneRegion() {
        let mask = PixelMask(height: 9, width: 5, rows: 3 ..< 4, columns: 2 ..< 3)
        let regions = HoleRegion.covering(mask, side: 8)
        #expect(regions.map(\.rectangle) == [PixelRectangle(height: 9, width: 5)])
    }
}
