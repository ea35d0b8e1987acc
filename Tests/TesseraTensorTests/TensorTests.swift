import Testing

import TesseraTensor

@Suite struct TensorTests {
    @Test func copiesAreIndependentOnceWritten() {
        let first = Tensor<Float>(shape: [2, 3], repeating: 1)
        var second = first
        second.withUnsafeMutableBuffer { $0[0] = 5 }
        #expect(first.elements == [1, 1, 1, 1, 1, 1])
        #expect(second.elements == [5, 1, 1, 1, 1, 1])
    }
}
