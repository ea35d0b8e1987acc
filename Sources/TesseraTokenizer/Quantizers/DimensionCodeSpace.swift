public import TesseraTensor

/// Codes that encode each channel of a latent by the nearest of a few levels.
///
/// The levels are computed after training (``LevelFitting``), channel by channel, and nothing is
/// retrained: S. Wang et al., Bridging Continuous and Discrete Tokens for Autoregressive Visual
/// Generation (TokenBridge), ICCV 2025. Or they are learned with the networks: K. Hsu et al.,
/// Disentanglement via Latent Quantization (QLAE), NeurIPS 2023. In TokenBridge every channel is a
/// slot; here the channels of a slot share one code, the first channel's level being the most
/// significant digit.
public struct DimensionCodeSpace: CodebookCodeSpace {
    /// The levels of each channel, rising.
    ///
    /// Shape `[channels, levelCount]`.
    public let levels: Tensor<Float>

    /// The code vectors of every slot.
    public let codebooks: SlotCodebooks

    /// Makes a code space from levels.
    ///
    /// - Parameters:
    ///   - levels: The levels of each channel, rising. Shape `[channels, levelCount]`.
    ///   - slotCount: The number of slots among which the channels are dealt out, in order.
    public init(levels: Tensor<Float>, slotCount: Int) {
        precondition(
            levels.shape.count == 2 && levels.shape[0] % slotCount == 0,
            "Levels of \(slotCount) slots need the shape [channels, levels] with a whole number of "
                + "channels a slot, but got \(levels.shape)")
        self.levels = levels
        let channels = levels.shape[0]
        let levelCount = levels.shape[1]
        let slotWidth = channels / slotCount
        let codeCount = (0 ..< slotWidth).reduce(1) { count, _ in count * levelCount }
        let table = levels.elements
        var vectors: [Float] = []
        for slot in 0 ..< slotCount {
            for code in 0 ..< codeCount {
                var rest = code
                var vector = [Float](repeating: 0, count: slotWidth)
                for channel in (0 ..< slotWidth).reversed() {
                    vector[channel] =
                        table[(slot * slotWidth + channel) * levelCount + rest % levelCount]
                    rest /= levelCount
                }
                vectors += vector
            }
        }
        codebooks = SlotCodebooks(
            vocabulary: Array(repeating: codeCount, count: slotCount),
            vectors: Tensor(shape: [slotCount * codeCount, slotWidth], elements: vectors))
    }

    /// The codes nearest to a latent, slot by slot.
    ///
    /// - Parameter latent: Shape `[positions, latentChannels]`.
    /// - Returns: Codes of shape `[positions, vocabulary.count]`; of two levels equally near, the
    ///   lower.
    public func quantize(_ latent: Tensor<Float>) -> [Int32] {
        checkShape(of: latent)
        let slots = vocabulary.count
        let slotWidth = codebooks.slotWidth
        let levelCount = levels.shape[1]
        return latent.withUnsafeBuffer { values in
            levels.withUnsafeBuffer { levels in
                let count = latent.shape[0] * slots
                return [Int32](unsafeUninitializedCapacity: count) { codes, filled in
                    let codes = UnsafeMutableBufferPointer(rebasing: codes[..<count])
                    ThreadPool.run(over: count, by: 256) { range in
                        for index in range {
                            var code = 0
                            for place in 0 ..< slotWidth {
                                let channel = index % slots * slotWidth + place
                                let nearest = nearestLevel(
                                    to: values[index * slotWidth + place],
                                    in: levels[channel * levelCount ..< (channel + 1) * levelCount])
                                code = code * levelCount + nearest
                            }
                            codes.initializeElement(at: index, to: Int32(code))
                        }
                    }
                    filled = count
                }
            }
        }
    }

    private func nearestLevel(
        to value: Float, in levels: Slice<UnsafeBufferPointer<Float>>
    ) -> Int {
        var best = 0
        var bestDistance = Float.infinity
        for (index, level) in levels.enumerated() {
            let distance = (value - level).magnitude
            if distance < bestDistance {
                best = index
                bestDistance = distance
            }
        }
        return best
    }
}
