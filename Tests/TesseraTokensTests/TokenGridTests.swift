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
        let window = grid.window(row: 1, column: 2, height: 2, width: 2)
        #expect(window.height == 2 && window.width == 2 && window.vocabulary == [24, 30])
        #expect(window.codes == [12, 13, 14, 15, 20, 21, 22, 23])
        let other = grid.window(row: 0, column: 3, height: 3, width: 1)
        #expect(other.codes == [6, TokenGrid.mask, 14, 15, 22, 23])
    }

    @Test func theWholeIsAWindowOfItself() {
        #expect(grid.window(row: 0, column: 0, height: 3, width: 4) == grid)
    }
}
