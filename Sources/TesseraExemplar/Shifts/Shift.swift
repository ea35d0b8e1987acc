/// From one pixel to another.
package struct Shift: Hashable {
    /// Downwards.
    package let rows: Int

    /// To the right.
    package let columns: Int

    /// Makes a shift.
    package init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }
}
