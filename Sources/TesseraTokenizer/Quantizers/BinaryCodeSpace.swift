public import TesseraTensor

/// Codes that encode a group of channels by their signs, one bit a channel.
///
/// Bit i of a code is 1 where channel i of its slot is above 0; a code stands for the corner ±1.
/// Binary latents: Z. Wang et al., Binary Latent Diffusion, CVPR 2023; in groups of bits: M. Weber
/// et al., MaskBit, TMLR 2024. The nearest code of a mean latent is its sign.
public struct BinaryCodeSpace: CodebookCodeSpace {
    /// The code vectors of every slot.
    public let codebooks: SlotCodebooks

    /// Makes a code space.
    ///
    /// - Parameters:
    ///   - slotCount: The number of slots.
    ///   - bitsPerSlot: The number of channels of a slot, at most 18.
    public init(slotCount: Int, bitsPerSlot: Int) {
        precondition(
            slotCount > 0 && (1 ... 18).contains(bitsPerSlot),
            "Slots hold 1 to 18 bits, but got \(slotCount) slots of \(bitsPerSlot)")
        let codeCount = 1 << bitsPerSlot
        let slot = (0 ..< codeCount).flatMap { code in
            (0 ..< bitsPerSlot).map { code >> $0 & 1 == 1 ? Float(1) : -1 }
        }
        codebooks = SlotCodebooks(
            vocabulary: Array(repeating: codeCount, count: slotCount),
            vectors: Tensor(
                shape: [slotCount * codeCount, bitsPerSlot],
                elements: Array(repeatElement(slot, count: slotCount).joined())))
    }

    /// The codes nearest to a latent, slot by slot.
    ///
    /// - Parameter latent: Shape `[positions, latentChannels]`.
    /// - Returns: Codes of shape `[positions, vocabulary.count]`.
    public func quantize(_ latent: Tensor<Float>) -> [Int32] {
        checkShape(of: latent)
        let bits = codebooks.slotWidth
        return latent.withUnsafeBuffer { values in
            (0 ..< latent.shape[0] * vocabulary.count).map { index in
                var code: Int32 = 0
                for bit in 0 ..< bits where values[index * bits + bit] > 0 {
                    code |= 1 << Int32(bit)
                }
                return code
            }
        }
    }
}
