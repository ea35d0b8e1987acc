import CTesseraKernels

/// Weights in panels of sixteen outputs, as the kernels read them.
struct PackedWeights: Sendable {
    let panels: Tensor<Float>
    /// A pixel of zeros, which stands for everything outside an image.
    let zeros: Tensor<Float>
    let outputCount: Int
    let inputCount: Int

    /// Packs weights, or those of the pullback.
    ///
    /// - Parameters:
    ///   - weight: Shape `[O, taps, I]`.
    ///   - isPullback: Exchanges inputs and outputs and reverses the taps.
    init(_ weight: Tensor<Float>, isPullback: Bool = false) {
        let (outputs, taps, inputs) = (weight.shape[0], weight.shape[1], weight.shape[2])
        outputCount = isPullback ? inputs : outputs
        inputCount = isPullback ? outputs : inputs
        zeros = Tensor(shape: [inputCount], repeating: 0)
        let pack = isPullback ? tessera_pack_pullback : tessera_pack
        let count = tessera_packed_count(outputCount, taps, inputCount)
        panels = Tensor(shape: [count]) { destination in
            weight.withUnsafeBuffer { source in
                pack(source.baseAddress!, destination.baseAddress!, outputs, taps, inputs)
            }
        }
    }
}
