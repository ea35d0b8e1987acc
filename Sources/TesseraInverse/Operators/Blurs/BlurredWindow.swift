import TesseraTensor

/// A window of a blurred picture, without the margin at its inner edges into which outer pixels reach.
func blurredPart(
    _ forwardOperator: some ForwardOperator, reach: Int, rows: Range<Int>, columns: Range<Int>,
    of measurement: Tensor<Float>
) -> (forwardOperator: any ForwardOperator, values: Tensor<Float>)? {
    func seen(_ range: Range<Int>, of size: Int) -> Range<Int>? {
        let first = range.lowerBound == 0 ? 0 : range.lowerBound + reach
        let end = range.upperBound == size ? size : range.upperBound - reach
        return first < end ? first ..< end : nil
    }
    guard
        let seenRows = seen(rows, of: measurement.shape[1]),
        let seenColumns = seen(columns, of: measurement.shape[2])
    else { return nil }
    let (top, left) = (rows.lowerBound, columns.lowerBound)
    return (
        CroppedOperator(
            forwardOperator, rows: seenRows.lowerBound - top ..< seenRows.upperBound - top,
            columns: seenColumns.lowerBound - left ..< seenColumns.upperBound - left),
        measurement.rectangle(rows: seenRows, columns: seenColumns)
    )
}
