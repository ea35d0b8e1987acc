extension TokenGrid {
    /// Whether no slot of each position is masked, `[h, w]`.
    package var isGiven: [Bool] {
        (0 ..< positionCount).map { position in
            !codes[position * slotCount ..< (position + 1) * slotCount].contains(TokenGrid.mask)
        }
    }

    /// The same grid with some positions masked.
    ///
    /// - Parameter isMasked: Whether each position is. Shape `[h, w]`.
    /// - Returns: A grid of the same size.
    package func masking(_ isMasked: [Bool]) -> TokenGrid {
        TokenGrid(
            height: height, width: width, vocabulary: vocabulary,
            codes: codes.enumerated().map { isMasked[$0 / slotCount] ? TokenGrid.mask : $1 })
    }

    /// The same grid, its masked slots taken from a list of codes.
    ///
    /// - Parameter codes: Shape `[h, w, K]`.
    /// - Returns: A grid of the same size.
    package func filled(with codes: [Int32]) -> TokenGrid {
        TokenGrid(
            height: height, width: width, vocabulary: vocabulary,
            codes: zip(self.codes, codes).map { $0 == TokenGrid.mask ? $1 : $0 })
    }
}
