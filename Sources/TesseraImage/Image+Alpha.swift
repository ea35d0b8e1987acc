extension Image {
    /// The samples in 8 bits, laid over a colour where alpha lets it through.
    ///
    /// - Parameter background: Red, green and blue; a gray picture shows their luma.
    /// - Returns: Interleaved samples without alpha.
    func flattened(over background: [UInt8]) -> [UInt8] {
        let values = samples.eightBits
        guard let alpha = alpha?.eightBits else { return values }
        let channels = colour.channelCount
        let colours =
            channels == 3
            ? background.map(Int.init)
            : [
                (299 * Int(background[0]) + 587 * Int(background[1]) + 114 * Int(background[2])
                    + 500) / 1000
            ]
        return values.indices.map { index in
            let (opacity, behind) = (Int(alpha[index / channels]), colours[index % channels])
            return UInt8((Int(values[index]) * opacity + behind * (255 - opacity) + 127) / 255)
        }
    }

    /// Alpha for another size of the picture, interpolated between the centres of pixels.
    func alpha(width newWidth: Int, height newHeight: Int) -> Samples? {
        guard newWidth != width || newHeight != height else { return alpha }
        return switch alpha {
        case .eight(let values): .eight(resampled(values, newWidth, newHeight))
        case .sixteen(let values): .sixteen(resampled(values, newWidth, newHeight))
        case nil: nil
        }
    }

    private func resampled<Sample: FixedWidthInteger>(
        _ values: [Sample], _ newWidth: Int, _ newHeight: Int
    ) -> [Sample] {
        let columns = Self.neighbours(of: newWidth, among: width)
        let rows = Self.neighbours(of: newHeight, among: height)
        return values.withUnsafeBufferPointer { input in
            rows.flatMap { row in
                columns.map { column in
                    func blend(_ y: Int) -> Float {
                        let left = Float(input[y * width + column.first])
                        let right = Float(input[y * width + column.second])
                        return left + (right - left) * column.weight
                    }
                    let top = blend(row.first)
                    return Sample((top + (blend(row.second) - top) * row.weight).rounded())
                }
            }
        }
    }

    /// The two old positions that each new one lies between, and how near it is to the second.
    private static func neighbours(
        of newCount: Int, among count: Int
    ) -> [(first: Int, second: Int, weight: Float)] {
        (0 ..< newCount).map { index in
            let centre = (Float(index) + 0.5) * Float(count) / Float(newCount) - 0.5
            let clamped = min(max(centre, 0), Float(count - 1))
            let first = Int(clamped)
            return (first, min(first + 1, count - 1), clamped - Float(first))
        }
    }
}
