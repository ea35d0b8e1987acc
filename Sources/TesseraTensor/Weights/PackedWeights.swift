import CTesseraKernels

/// Weights in an order and a format that a kernel reads.
protocol KernelWeights: Sendable {
    var outputCount: Int { get }
    var inputCount: Int { get }

    /// What a kernel is told; good for as long as the weights live.
    var addresses: WeightAddresses { get }
}

/// Where the parts of packed weights begin.
struct WeightAddresses {
    var weights: UnsafeRawPointer
    var zeros: UnsafePointer<Float>?
    var steps: UnsafePointer<Float>?
    var offsets: UnsafePointer<Int32>?
    var multipliers: UnsafePointer<UInt8>?
}

/// Weights in panels of sixteen outputs, as the kernels read them.
struct PackedWeights: KernelWeights {
    let panels: Tensor<Float>
    /// A pixel of zeros, which stands for everything outside an image.
    let zeros: Tensor<Float>
    let outputCount: Int
    let inputCount: Int

    /// Packs weights.
    ///
    /// - Parameter weight: Shape `[O, taps, I]`.
    init(_ weight: Tensor<Float>) {
        let (outputs, taps, inputs) = (weight.shape[0], weight.shape[1], weight.shape[2])
        self.init(
            outputCount: outputs, inputCount: inputs,
            panels: Tensor(shape: [tessera_packed_count(outputs, taps, inputs)]) { panels in
                tessera_pack(weight.address, panels.baseAddress!, outputs, taps, inputs)
            })
        withExtendedLifetime(weight) {}
    }

    private init(outputCount: Int, inputCount: Int, panels: Tensor<Float>) {
        self.panels = panels
        self.outputCount = outputCount
        self.inputCount = inputCount
        zeros = Tensor(shape: [inputCount], repeating: 0)
    }

    var addresses: WeightAddresses {
        WeightAddresses(weights: UnsafeRawPointer(panels.address), zeros: zeros.address)
    }

    /// The weights of the pullback: inputs and outputs exchanged, taps in reverse order.
    func pullback(tapCount: Int) -> PackedWeights {
        let count = tessera_packed_count(inputCount, tapCount, outputCount)
        return PackedWeights(
            outputCount: inputCount, inputCount: outputCount,
            panels: Tensor(shape: [count]) { pullback in
                tessera_pack_pullback(
                    panels.address, pullback.baseAddress!, outputCount, tapCount, inputCount)
            })
    }

    /// The weights of nine taps at the 36 points of Winograd's algorithm, four times as many.
    var atWinogradPoints: PackedWeights {
        let count = tessera_winograd_count(outputCount, inputCount)
        let panelSize = inputCount * Int(TESSERA_PANEL)
        let transformed = Tensor<Float>(shape: [count]) { destination in
            let start = destination.baseAddress!
            ThreadPool.run(count: count / (36 * panelSize)) { panel in
                tessera_pack_winograd(
                    panels.address + panel * 9 * panelSize, start + panel * 36 * panelSize,
                    Int(TESSERA_PANEL), inputCount)
            }
        }
        return PackedWeights(
            outputCount: outputCount, inputCount: inputCount, panels: transformed)
    }

    /// Those in bf16, made panel by panel: in f32 they would be the largest thing in memory.
    var roundedAtWinogradPoints: RoundedWeights {
        let count = tessera_winograd_count(outputCount, inputCount)
        let panelSize = inputCount * Int(TESSERA_PANEL)
        let words = Tensor<UInt32>(shape: [count / 2]) { destination in
            let start = destination.baseAddress!
            ThreadPool.run(count: count / (36 * panelSize)) { panel in
                let transformed = Tensor<Float>(shape: [36 * panelSize]) {
                    tessera_pack_winograd(
                        panels.address + panel * 9 * panelSize, $0.baseAddress!,
                        Int(TESSERA_PANEL), inputCount)
                }
                tessera_round_panels(
                    transformed.address, start + panel * 18 * panelSize, 36 * panelSize)
            }
        }
        return RoundedWeights(
            words: words, zeros: zeros, outputCount: outputCount, inputCount: inputCount)
    }

    /// The same weights in bf16; the number of inputs is even.
    var rounded: RoundedWeights {
        precondition(inputCount % 2 == 0, "A word holds two inputs, but there are \(inputCount)")
        let words = Tensor<UInt32>(shape: [panels.count / 2]) { destination in
            tessera_round_panels(panels.address, destination.baseAddress!, panels.count)
        }
        return RoundedWeights(
            words: words, zeros: zeros, outputCount: outputCount, inputCount: inputCount)
    }
}

/// Weights in bf16, two inputs a word.
struct RoundedWeights: KernelWeights {
    let words: Tensor<UInt32>
    let zeros: Tensor<Float>
    let outputCount: Int
    let inputCount: Int

    var addresses: WeightAddresses {
        WeightAddresses(weights: UnsafeRawPointer(words.address), zeros: zeros.address)
    }
}
