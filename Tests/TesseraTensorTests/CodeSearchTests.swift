import Testing

import TesseraTensor
import _TesseraTestSupport

@Suite struct CodeSearchTests {
    @Test(arguments: levels + [.reference], [CodeMetric.euclidean, .cosine])
    func findsACodeThatNoneIsNearerThan(level: InstructionSet, metric: CodeMetric) {
        for (rows, count, width) in [
            (1, 1, 1), (17, 256, 4), (61, 33, 7), (9, 100, 32), (130, 2100, 8),
        ] {
            let x = randomTensor([rows, width], seed: 1)
            let codebook = randomTensor([count, width], seed: 2)
            let found = on(level) { CodeSearch(codebook, by: metric)(x) }
            #expect(found.count == rows)
            let (rowsOfX, codes) = (x.elements, codebook.elements)
            for (row, code) in found.enumerated() {
                let x = rowsOfX[row * width ..< (row + 1) * width]
                let scores = (0 ..< count).map { code in
                    nearness(x, codes[code * width ..< (code + 1) * width], metric)
                }
                // Rounding of sums of at most 32 numbers of size 1.
                #expect(scores[Int(code)] > (scores.max() ?? 0) - 1e-5)
            }
        }
    }

    @Test(arguments: levels + [.reference]) func prefersTheFirstOfEqualCodes(level: InstructionSet)
    {
        let codes = (0 ..< 100).map { $0 % 2 == 0 ? Float($0 / 2 % 5) : 1 }
        let codebook = Tensor(shape: [50, 2], elements: codes)
        let x = Tensor<Float>(shape: [3, 2], elements: [3.1, 1, 0, 1, 9, 1])
        #expect(on(level) { CodeSearch(codebook, by: .euclidean)(x) } == [3, 0, 4])
    }
}

private func nearness(
    _ x: ArraySlice<Float>, _ code: ArraySlice<Float>, _ metric: CodeMetric
) -> Float {
    var (squares, products, length): (Float, Float, Float) = (0, 0, 0)
    for i in 0 ..< x.count {
        let (a, b) = (x[x.startIndex + i], code[code.startIndex + i])
        squares += (a - b) * (a - b)
        products += a * b
        length += b * b
    }
    return switch metric {
    case .euclidean: -squares
    case .cosine: products / length.squareRoot()
    }
}
