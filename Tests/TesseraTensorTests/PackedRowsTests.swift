import TesseraTensor
import Testing
import _TesseraTestSupport

@Suite struct PackedRowsTests {
    @Test(arguments: PackedRows.Format.allCases, [1, 31, 32, 33, 100])
    func noWeightMovesByMoreThanHalfAStep(format: PackedRows.Format, columns: Int) {
        for seed in 0 ..< 20 as Range<UInt64> {
            let weight = randomTensor([7, columns], seed: seed)
            let rows = PackedRows(packing: weight, as: format)
            let (before, after) = (weight.elements, rows.unpacked.elements)
            for row in 0 ..< 7 {
                for k in 0 ..< columns {
                    let step = rows.scales.elements[row]
                    let multiplier =
                        format == .int8
                        ? 1
                        : Float(
                            rows.groupScales.elements[
                                row * rows.groupScales.shape[1] + k / PackedRows.groupSize])
                    let i = row * columns + k
                    // Half a step, and the rounding of the quotient and the product.
                    #expect(
                        abs(before[i] - after[i]) <= step * multiplier * (0.5 + 128 * .ulpOfOne))
                }
            }
        }
    }

    @Test func layoutIsPinned() {
        var weights = [Float](repeating: 0, count: 34)
        (weights[0], weights[1], weights[31]) = (7, -8, 3)
        // The last group has the row's largest weight: multiplier 16, and a step of 112 / 112.
        (weights[32], weights[33]) = (112, -16)
        let rows = PackedRows(packing: Tensor(shape: [1, 34], elements: weights), as: .int4)
        #expect(rows.scales.elements == [1])
        #expect(rows.groupScales.elements == [1, 16])
        #expect(rows.codes.shape == [1, 17])
        #expect(rows.codes.elements[0] == 0x87)
        #expect(rows.codes.elements[15] == 0x30)
        #expect(rows.codes.elements[16] == 0xF7)
        #expect(rows.unpacked.elements == weights)
        let bytes = PackedRows(
            packing: Tensor(shape: [1, 2], elements: [-127, 5]), as: .int8)
        #expect(bytes.codes.elements == [0x81, 5] && bytes.groupScales.count == 0)
    }

    @Test func rowsOfZerosStayZero() {
        for format in PackedRows.Format.allCases {
            let zeros = Tensor<Float>(shape: [2, 40], repeating: 0)
            #expect(PackedRows(packing: zeros, as: format).unpacked.elements == zeros.elements)
        }
    }

    /// The kernels read the integers as they are: only inputs are rounded, to 1/254 of the largest.
    @Test(arguments: PackedRows.Format.allCases, levels)
    func integersAreMultipliedAsTheyAre(format: PackedRows.Format, level: InstructionSet) {
        let (rowCount, inputs, outputs) = (9, 70, 21)
        let rows = PackedRows(packing: randomTensor([outputs, inputs], seed: 1), as: format)
        let x = randomTensor([rowCount, inputs], seed: 2)
        let fast = on(level) { product(x, PackedMatrix(rows, precision: .int8)) }
        let exact = product(x, PackedMatrix(rows.unpacked)).elements
        let weights = rows.unpacked.elements
        for (i, y) in fast.elements.enumerated() {
            let (row, output) = (i / outputs, i % outputs)
            let largest = x.elements[row * inputs ..< (row + 1) * inputs].reduce(0) {
                max($0, abs($1))
            }
            let sum = weights[output * inputs ..< (output + 1) * inputs].reduce(0) { $0 + abs($1) }
            #expect(abs(y - exact[i]) <= sum * (largest / 254 + 70 * .ulpOfOne))
        }
    }

    /// Weights stay 4 bits in memory, and their product has the bits of that of the same integers.
    @Test(arguments: levels + [.reference], [1, 31, 33, 70, 256])
    func int4GivesWhatItsIntegersGive(level: InstructionSet, inputs: Int) {
        for (rowCount, outputs) in [(1, 1), (9, 21), (70, 100)] {
            let rows = PackedRows(
                packing: randomTensor([outputs, inputs], seed: 3), as: .int4)
            let bytes = PackedRows(
                format: .int8, columnCount: inputs,
                codes: Tensor(
                    shape: [outputs, inputs],
                    elements: rows.integers.elements.map { UInt8(bitPattern: $0) }),
                groupScales: Tensor(shape: [outputs, 0], elements: []), scales: rows.scales)
            let x = randomTensor([rowCount, inputs], seed: 4)
            let bias = randomTensor([outputs], seed: 5)
            let run = { (rows: PackedRows) in
                product(x, PackedMatrix(rows, precision: .int8), bias: bias, activation: .relu)
            }
            let four = on(level) { run(rows) }
            #expect(four.elements == on(level) { run(bytes) }.elements)
            // Integers have no rounding; what remains is the last multiplication and addition.
            #expect(
                relativeDifference(four, on(.reference) { run(rows) }) < 4 * Float.ulpOfOne)
        }
    }
}
