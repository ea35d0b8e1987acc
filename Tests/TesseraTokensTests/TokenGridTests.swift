import TesseraTokens
import Testing

@Suite struct TokenGridTests {
    /// Three rows of four positions of two slots, each code its own index but for two masks.
    private var grid: TokenGrid {
        var grid = TokenGrid(
            height: 3, width: 4, vocabulary: [24, 30], codes: (0 ..< 24).map(Int32.init))
        grid[7] = TokenGrid.mask
        grid[16] = TokenGrid.mask
        return grid
    }

    @Test func masksAreFoundInOrder() {
        #expect(grid.maskedIndices == [7, 16])
        #expect(grid.slotCount == 2 && grid.positionCount == 12)
        let masked = TokenGrid(maskedHeight: 2, width: 1, vocabulary: [5, 5, 5])
        #expect(masked.maskedIndices == Array(0 ..< 6))
    }

    @Test func aWindowKeepsCodesAndMasksInRasterOrder() {
        let window = grid.window(PositionRectangle(top: 1, left: 2, height: 2, width: 2))
        #expect(window.height == 2 && window.width == 2 && window.vocabulary == [24, 30])
        #expect(window.codes == [12, 13, 14, 15, 20, 21, 22, 23])
        let other = grid.window(PositionRectangle(top: 0, left: 3, height: 3, width: 1))
        #expect(other.codes == [6, TokenGrid.mask, 14, 15, 22, 23])
    }

    @Test func theWholeIsAWindowOfItself() {
        #expect(grid.window(grid.area) == grid)
    }

    @Test(arguments: [(0, 0, 3, 4), (2, 3, 1, 1), (1, 1, 2, 2)])
    func whatWasCutOutAndPutBackChangesNothing(top: Int, left: Int, height: Int, width: Int) {
        let rectangle = PositionRectangle(top: top, left: left, height: height, width: width)
        var copy = grid
        copy.replace(rectangle, with: grid.window(rectangle))
        #expect(copy == grid)
        let masks = TokenGrid(maskedHeight: height, width: width, vocabulary: grid.vocabulary)
        copy.replace(rectangle, with: masks)
        #expect(copy.window(rectangle) == masks)
        #expect(zip(copy.codes, grid.codes).count { $0 != $1 } <= height * width * 2)
    }

    @Test func masksAreSetPositionByPositionAndFilledSlotBySlot() {
        #expect(
            grid.isGiven == [
                true, true, true, false, true, true, true, true, false, true, true, true,
            ])
        let filled = grid.filled(with: Array(repeating: 3, count: 24))
        #expect(filled[7] == 3 && filled[16] == 3 && filled[6] == 6 && filled[17] == 17)
        let masked = filled.masking((0 ..< 12).map { $0 == 5 })
        #expect(masked.maskedIndices == [10, 11])
    }
}
