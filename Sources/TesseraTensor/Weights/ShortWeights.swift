import CTesseraKernels

/// The weights of a product in 16, 8 or 4 bits, as the kernels read them.
struct ShortWeights: KernelWeights {
    /// How numbers are stored, and which kernel reads them.
    enum Format: Sendable {
        case bfloat16
        case int8
        /// Of packed rows alone; inputs are rounded as in int8.
        case int4

        /// Of an input, which decides how many multiplications an instruction does.
        var inputsPerWord: Int {
            switch self {
            case .bfloat16: 2
            case .int8, .int4: 4
            }
        }

        func kernel(
            of kernels: TesseraKernels
        ) -> @convention(c) (UnsafePointer<TesseraMultiply>, TesseraBlock) -> Void {
            switch self {
            case .bfloat16: kernels.productBfloat16
            case .int8: kernels.productInt8
            case .int4: kernels.productInt4
            }
        }
    }

    let format: Format
    let outputCount: Int
    let inputCount: Int
    private let words: Tensor<UInt32>
    private let steps: Tensor<Float>
    private let offsets: Tensor<Int32>
    private let multipliers: Tensor<UInt8>

    /// Packs a matrix.
    ///
    /// - Parameters:
    ///   - weight: Shape `[N, K]`.
    ///   - format: How numbers are stored, bf16 or int8.
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
            case .int4: preconditionFailure("Weights of 4 bits are those of packed rows")
            }
        }
        self.steps = steps
        self.offsets = offsets
        multipliers = Tensor(shape: [0], elements: [])
        withExtendedLifetime(weight) {}
    }

    /// Takes packed rows as they are: 4 bits stay 4 bits.
    init(_ rows: PackedRows) {
        let (outputs, inputs) = (rows.rowCount, rows.columnCount)
        outputCount = outputs
        inputCount = inputs
        let panel = Int(TESSERA_PANEL)
        let padded = (outputs + panel - 1) / panel * panel
        steps = Tensor(
            shape: [padded],
            elements: rows.scales.elements + [Float](repeating: 0, count: padded - outputs))
        var offsets = Tensor<Int32>(shape: [padded], repeating: 0)
        switch rows.format {
        case .int8:
            format = .int8
            multipliers = Tensor(shape: [0], elements: [])
            let integers = rows.integers
            words = Tensor(shape: [tessera_short_count(outputs, inputs, 4)]) { words in
                guard let destination = words.baseAddress else { return }
                offsets.withUnsafeMutableBuffer { offsets in
                    tessera_pack_integers(
                        integers.address, destination, offsets.baseAddress!, outputs, inputs)
                }
            }
            withExtendedLifetime(integers) {}
        case .int4:
            format = .int4
            var multipliers = Tensor<UInt8>(
                shape: [padded * tessera_group_count(inputs)], repeating: 0)
            words = Tensor(shape: [tessera_int4_count(outputs, inputs)]) { words in
                guard let destination = words.baseAddress else { return }
                offsets.withUnsafeMutableBuffer { offsets in
                    multipliers.withUnsafeMutableBuffer { multipliers in
                        tessera_pack_int4(
                            rows.codes.address, rows.groupScales.address, destination,
                            multipliers.baseAddress!, offsets.baseAddress!, outputs, inputs)
                    }
                }
            }
            self.multipliers = multipliers
            withExtendedLifetime(rows) {}
        }
        self.offsets = offsets
    }

    var addresses: WeightAddresses {
        WeightAddresses(
            weights: UnsafeRawPointer(words.address), zeros: nil,
            steps: format == .bfloat16 ? nil : steps.address,
            offsets: format == .bfloat16 ? nil : offsets.address,
            multipliers: format == .int4 ? multipliers.address : nil)
    }
}
