import TesseraTokens
import Testing

@Suite struct WindowTests {
    /// The largest side of a window, and its margin.
    struct Size: CustomTestStringConvertible, Sendable {
        let side: Int
        let margin: Int
        var testDescription: String { "side \(side), margin \(margin)" }
    }

    @Test(
        arguments: [(1, 1), (5, 40), (41, 41), (100, 17), (64, 130)],
        [Size(side: 40, margin: 4), Size(side: 33, margin: 16), Size(side: 7, margin: 0)])
    func whatIsKeptOfWindowsCoversAGridOnce(grid: (height: Int, width: Int), size: Size) {
        let area = PositionRectangle(height: grid.height, width: grid.width)
        var counts = [Int](repeating: 0, count: area.height * area.width)
        for window in area.windows(ofSide: size.side, margin: size.margin) {
            #expect(window.area == window.kept.widened(by: size.margin, within: area))
            #expect(window.area.height <= size.side && window.area.width <= size.side)
            #expect(window.area.part(window.keptInside) == window.kept)
            for row in window.kept.rows {
                for column in window.kept.columns { counts[row * area.width + column] += 1 }
            }
        }
        #expect(counts.allSatisfy { $0 == 1 })
    }

    @Test func aGridNoLargerThanAWindowIsOne() {
        let area = PositionRectangle(height: 40, width: 3)
        let windows = area.windows(ofSide: 40, margin: 4)
        #expect(windows.map(\.area) == [area] && windows.map(\.kept) == [area])
        #expect(area.windowsSteppingByHalf(ofSide: 40) == [area])
    }

    @Test(arguments: [1, 15, 16, 17, 24, 50])
    func everyPositionLiesInTheMiddleOfAWindowOrAtTheBorder(count: Int) {
        let area = PositionRectangle(height: count, width: 16)
        let windows = area.windowsSteppingByHalf(ofSide: 16)
        #expect(Set(windows.map(\.height)) == [min(count, 16)])
        #expect(windows.last?.rows.upperBound == count)
        for row in area.rows {
            let isInside = windows.contains { window in
                (window.top == 0 || row >= window.top + 4)
                    && (window.rows.upperBound == count || row < window.rows.upperBound - 4)
                    && window.rows.contains(row)
            }
            #expect(isInside)
        }
    }

    @Test func weightsFallTowardsTheBorder() {
        let window = PositionRectangle(top: 8, left: 2, height: 4, width: 3)
        #expect(window.blendingWeight(row: 0, column: 0) == 1)
        #expect(window.blendingWeight(row: 1, column: 1) == 4)
        #expect(window.blendingWeight(row: 3, column: 2) == 1)
    }

    @Test func tilesAreCutAsTheTilingAllows() {
        let area = PositionRectangle(height: 50, width: 20)
        #expect(Tiling.whole.tiles(of: area, side: 10) == [Window(area: area, kept: area)])
        #expect(
            Tiling.exact(halo: 3).tiles(of: area, side: 20)
                == area.windows(ofSide: 20, margin: 3))
        #expect(
            Tiling.overlapping(halo: 3).tiles(of: area, side: 20)
                == Tiling.exact(halo: 3).tiles(of: area, side: 20))
    }

    @Test func theBoundsOfASetHoldAllOfIt() {
        var isMember = [Bool](repeating: false, count: 30)
        #expect(PositionRectangle.bounding(isMember, ofWidth: 6) == nil)
        for index in [9, 14, 22] { isMember[index] = true }
        #expect(
            PositionRectangle.bounding(isMember, ofWidth: 6)
                == PositionRectangle(rows: 1 ..< 4, columns: 2 ..< 5))
    }

    /// Positions whose corners touch belong together, and near parts share a rectangle.
    @Test(arguments: [(6, 2), (5, 1)])
    func farPartsHaveRectanglesOfTheirOwn(column: Int, count: Int) {
        var isMember = [Bool](repeating: false, count: 100)
        for index in [0, 11, 10 + column] { isMember[index] = true }
        let rectangles = PositionRectangle.surrounding(
            isMember, height: 10, width: 10, margin: 2, leastSide: 1)
        #expect(rectangles.count == count)
        for index in isMember.indices where isMember[index] {
            #expect(
                rectangles.count {
                    $0.rows.contains(index / 10) && $0.columns.contains(index % 10)
                } == 1)
        }
    }
}
