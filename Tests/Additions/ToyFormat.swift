import TesseraCheckpoint
public import TesseraTensor

/// A bit for the sign of each weight and a scale for each row, the mean of its magnitudes.
///
/// M. Rastegari et al., "XNOR-Net", ECCV 2016, section 3.1.
public struct ToyFormat: WeightFormat {
    /// The name in files and on the command line.
    public let name = "toy"

    /// One sentence for people.
    public let summary = "a bit a weight, a scale a row"

    /// A weight of 0 becomes the mean of magnitudes, which the largest magnitude bounds.
    public let errorBound = 1.0

    /// Makes the format.
    public init() {}

    /// Eight signs a byte, the first in the lowest bit, and scales.
    public func parts(of shape: [Int]) -> [WeightPart] {
        let byteCount = (shape.dropFirst().reduce(1, *) + 7) / 8
        return [
            WeightPart(suffix: "", scalarType: .uint8, shape: [shape[0], byteCount]),
            WeightPart(suffix: PackedRows.scalesSuffix, scalarType: .float32, shape: [shape[0]]),
        ]
    }

    /// Keeps the sign of each weight.
    public func pack(_ weights: Tensor<Float>) -> [StoredPart] {
        let (rowCount, columnCount) = (weights.shape[0], weights.shape[1])
        let byteCount = (columnCount + 7) / 8
        var signs = [UInt8](repeating: 0, count: rowCount * byteCount)
        var scales = [Float](repeating: 0, count: rowCount)
        for (index, weight) in weights.elements.enumerated() {
            let (row, column) = index.quotientAndRemainder(dividingBy: columnCount)
            if weight < 0 { signs[row * byteCount + column / 8] |= 1 << UInt8(column % 8) }
            scales[row] += weight.magnitude / Float(columnCount)
        }
        return [
            .bytes(Tensor(shape: [rowCount, byteCount], elements: signs)),
            .numbers(Tensor(shape: [rowCount], elements: scales)),
        ]
    }

    /// The scales with the signs of the weights.
    public func unpack(_ parts: [StoredPart], columnCount: Int) -> Tensor<Float> {
        guard case .bytes(let signs) = parts[0], case .numbers(let scales) = parts[1] else {
            preconditionFailure("toy has signs and scales")
        }
        let byteCount = (columnCount + 7) / 8
        let (signBytes, rowScales) = (signs.elements, scales.elements)
        return Tensor(shape: [rowScales.count, columnCount]) { weights in
            for index in weights.indices {
                let (row, column) = index.quotientAndRemainder(dividingBy: columnCount)
                let bit = signBytes[row * byteCount + column / 8] >> UInt8(column % 8) & 1
                weights.initializeElement(
                    at: index, to: bit == 0 ? rowScales[row] : -rowScales[row])
            }
        }
    }
}
