extension PackedRows {
    /// Packs a matrix.
    ///
    /// - Parameters:
    ///   - weight: Shape `[N, K]`, all finite.
    ///   - format: How integers are stored.
    public init(packing weight: Tensor<Float>, as format: Format) {
        precondition(
            weight.shape.count == 2, "Packed rows need a shape [N, K], but got \(weight.shape)")
        let (rows, columns) = (weight.shape[0], weight.shape[1])
        let byteCount = PackedRows.codeByteCount(of: columns, format)
        let groupCount = PackedRows.groupCount(of: columns, format)
        var codes = [UInt8](repeating: 0, count: rows * byteCount)
        var groupScales = [UInt8](repeating: 1, count: rows * groupCount)
        var scales = [Float](repeating: 0, count: rows)
        weight.withUnsafeBuffer { weight in
            for row in 0 ..< rows {
                let values = weight[row * columns ..< (row + 1) * columns]
                let largest = values.reduce(0) { max($0, abs($1)) }
                // A group scale of 16 and a code of 7 reach the largest weight of a row of int4.
                scales[row] = largest / (format == .int8 ? 127 : 16 * 7)
                guard scales[row] > 0 else { continue }
                switch format {
                case .int8:
                    for (k, value) in values.enumerated() {
                        let code = Int8((value / scales[row]).rounded(.toNearestOrEven))
                        codes[row * byteCount + k] = UInt8(bitPattern: code)
                    }
                case .int4:
                    for group in 0 ..< groupCount {
                        let first = group * PackedRows.groupSize
                        let part = values.dropFirst(first).prefix(PackedRows.groupSize)
                        let best = PackedRows.bestGroup(of: part, scale: scales[row])
                        groupScales[row * groupCount + group] = UInt8(best.groupScale)
                        for (k, code) in best.codes.enumerated() {
                            let place = row * byteCount + (first + k) / 2
                            let nibble = UInt8(bitPattern: code) & 0x0F
                            codes[place] |= k % 2 == 0 ? nibble : nibble << 4
                        }
                    }
                }
            }
        }
        self.init(
            format: format, columnCount: columns,
            codes: Tensor(shape: [rows, byteCount], elements: codes),
            groupScales: Tensor(shape: [rows, groupCount], elements: groupScales),
            scales: Tensor(shape: [rows], elements: scales))
    }

    /// The scale and the codes of a group that are off by the least sum of squares, none clipped.
    private static func bestGroup(
        of weights: Slice<UnsafeBufferPointer<Float>>, scale: Float
    ) -> (groupScale: Int, codes: [Int8]) {
        var best: (groupScale: Int, codes: [Int8]) = (16, [])
        var leastError = Float.infinity
        for groupScale in 1 ... 16 {
            let step = scale * Float(groupScale)
            let codes = weights.map { ($0 / step).rounded(.toNearestOrEven) }
            guard codes.allSatisfy({ (-8 ... 7).contains($0) }) else { continue }
            let error = zip(weights, codes).reduce(Float(0)) { sum, pair in
                let difference = pair.0 - pair.1 * step
                return sum + difference * difference
            }
            if error < leastError {
                leastError = error
                best = (groupScale, codes.map { Int8($0) })
            }
        }
        return best
    }
}
