/// Widens IEEE half precision to single, exactly, in a form that the compiler turns into vectors.
///
/// The exponent and fraction move to their place in a single, where they mean 2^-112 of their
/// value; multiplying by 2^112 is exact and takes care of subnormal halves. Infinities and
/// not-a-number have the largest exponent in both formats.
func widenHalf(_ bytes: UnsafeRawBufferPointer, into elements: UnsafeMutableBufferPointer<Float>) {
    for index in 0 ..< elements.count {
        let half = bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
        elements[index] = single(fromHalf: half)
    }
}

/// Widens the upper halves of singles, exactly.
func widenBrain(_ bytes: UnsafeRawBufferPointer, into elements: UnsafeMutableBufferPointer<Float>) {
    for index in 0 ..< elements.count {
        let brain = bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
        elements[index] = Float(bitPattern: UInt32(brain) << 16)
    }
}

/// The first element that is infinite or not a number, found after a pass without branches.
func firstNonFinite(in elements: UnsafeBufferPointer<Float>) -> (index: Int, value: Float)? {
    var largest: UInt32 = 0
    for element in elements { largest = max(largest, element.magnitude.bitPattern) }
    guard largest >= Float.infinity.bitPattern else { return nil }
    return elements.firstIndex { !$0.isFinite }.map { ($0, elements[$0]) }
}

@inline(__always)
func single(fromHalf half: UInt16) -> Float {
    let magnitude = UInt32(half & 0x7fff)
    let sign = UInt32(half & 0x8000) << 16
    let finite = (Float(bitPattern: magnitude << 13) * 0x1p112).bitPattern
    let special = magnitude << 13 | 0x7f80_0000
    return Float(bitPattern: (magnitude >= 0x7c00 ? special : finite) | sign)
}
