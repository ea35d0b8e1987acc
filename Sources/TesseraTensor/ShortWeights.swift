import CTesseraKernels

/// The weights of a product in 16 or 8 bits, as the kernels read them.
struct ShortWeights: KernelWeights {
    /// How numbers are stored, and which kernel reads them.
    enum Format: Sendable {
        case bfloat16
        case int8

        var inputsPerWord: Int {
            switch self {
            case .bfloat16: 2
            case .int8: 4
            }
        }

        func kernel(
            of kernels: TesseraKernels
        ) -> @convention(c) (UnsafePointer<TesseraMultiply>, Int, Int) -> Void {
            switch self {
            case .bfloat16: kernels.multiplyBfloat16
            case .int8: kernels.multiplyInt8
            }
        }
    }

    let format: Format
    let outputCount: Int
    let inputCount: Int
    private let words: Tensor<UInt32>
    private let steps: Tensor<Float>
    private let offsets: Tensor<Int32>

    /// Packs a matrix.
    ///
    /// - Parameters:
    ///   - weight: Shape `[N, K]`.
    ///   - format: How numbers are stored.
    init(_ weight: Tensor<Float>, format: Format) {
        let (outputs, inputs) = (weight.shape[0], weight.shape[1])
        self.format = format
        outputCount = outputs
        inputCount = inputs
        let panel = Int(TESSERA_PANEL)
        let padded = format == .int8 ? (outputs + panel - 1) / panel * panel : 0
        var steps = Tensor<Float>(shape: [padded], repeating: 0)
        var offsets = Tensor<Int32>(shape: [padded], repeating: 0)
        let count = tessera_short_count(outputs, inputs, format.inputsPerWord)
        words = Tensor(shape: [count]) { words in
            guard let destination = words.baseAddress else { return }
            switch format {
            case .bfloat16: tessera_pack_bfloat16(weight.address, destination, outputs, inputs)
            case .int8:
                steps.withUnsafeMutableBuffer { steps in
                    offsets.withUnsafeMutableBuffer { offsets in
                        tessera_pack_int8(
                            weight.address, destination, steps.baseAddress!, offsets.baseAddress!,
                            outputs, inputs)
                    }
                }
            }
        }
        self.steps = steps
        self.offsets = offsets
        withExtendedLifetime(weight) {}
    }

    /// Takes the integers of packed rows as they are, in the format int8.
    init(_ rows: PackedRows) {
        format = .int8
        outputCount = rows.rowCount
        inputCount = rows.columnCount
        let panel = Int(TESSERA_PANEL)
        let padded = (rows.rowCount + panel - 1) / panel * panel
        steps = Tensor(
            shape: [padded],
            elements: rows.steps.elements
                + [Float](repeating: 0, count: padded - rows.rowCount))
        var offsets = Tensor<Int32>(shape: [padded], repeating: 0)
        let integers = rows.integers
        words = Tensor(shape: [tessera_short_count(outputCount, inputCount, 4)]) { words in
            guard let destination = words.baseAddress else { return }
            offsets.withUnsafeMutableBuffer { offsets in
                tessera_pack_integers(
                    integers.address, destination, offsets.baseAddress!, rows.rowCount,
                    rows.columnCount)
            }
        }
        self.offsets = offsets
        withExtendedLifetime(integers) {}
    }

    var addresses: WeightAddresses {
        WeightAddresses(
            weights: UnsafeRawPointer(words.address), zeros: nil,
            steps: format == .int8 ? steps.address : nil,
            offsets: format == .int8 ? offsets.address : nil)
    }
}
