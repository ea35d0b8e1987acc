import TesseraInverse
import TesseraTensor
import Testing

@Suite struct AdjointTests {
    /// Linear operators at sizes that are multiples of nothing.
    ///
    /// Those of `Degradation.all` are tried by `DegradationTests`; awkward ones stand here.
    static let operators: [any LinearOperator] = [
        Inpainting(mask: PixelMask(height: 7, width: 5, rows: 2 ..< 5, columns: 1 ..< 9)),
        Inpainting(
            mask: PixelMask(height: 6, width: 9, fraction: 0.7, random: RandomSource(seed: 3))),
        SuperResolution(factor: 2, height: 16, width: 12),
        SuperResolution(factor: 4, height: 17, width: 61),
        SuperResolution(factor: 8, height: 15, width: 3),
        AveragePooling(factor: 4, height: 15, width: 9),
        // Kernels larger than the picture, so that it is mirrored more than once.
        Blur(kernel: .gaussian(side: 61, deviation: 3), height: 8, width: 11),
        Blur(
            kernel: BlurKernel(height: 3, width: 7, weights: (0 ..< 21).map { Float($0 % 5) }),
            height: 9, width: 3),
        Blur(kernel: BlurKernel(height: 1, width: 3, weights: [0, 1, 2]), height: 1, width: 1),
        CroppedOperator(
            Blur(kernel: .gaussian(side: 9, deviation: 1), height: 12, width: 10), rows: 4 ..< 12,
            columns: 0 ..< 6),
        Colorization(height: 5, width: 4),
        Colorization(gray: .mean, height: 5, width: 4),
        Denoising(height: 3, width: 4),
        CompressedSensing(height: 20, width: 35, fraction: 0.3, random: RandomSource(seed: 4)),
    ]

    @Test(arguments: operators.indices, [1, 2, 3] as [UInt64])
    func keepsInnerProducts(number: Int, seed: UInt64) {
        checkAdjoint(of: Self.operators[number], seed: seed)
    }
}

/// Checks that ⟨A x, y⟩ = ⟨x, Aᵀ y⟩ for random x and y.
func checkAdjoint(
    of candidate: some LinearOperator, seed: UInt64,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let x = noise(shape: candidate.imageShape, seed: 2 * seed)
    let y = noise(shape: candidate.measurementShape, seed: 2 * seed + 1)
    let ax = candidate.apply(to: x)
    #expect(ax.shape == candidate.measurementShape, sourceLocation: sourceLocation)
    let aty = candidate.applyAdjoint(to: y)
    #expect(aty.shape == candidate.imageShape, sourceLocation: sourceLocation)
    let (forward, backward) = (dot(ax, y), dot(x, aty))
    // The two sides add the same products in another order: some ulps of ‖A x‖ ‖y‖.
    let allowed = 8 * Double(Float.ulpOfOne) * (dot(ax, ax) * dot(y, y)).squareRoot()
    #expect(
        (forward - backward).magnitude <= allowed, "\(candidate): \(forward), \(backward)",
        sourceLocation: sourceLocation)
    #expect(
        candidate.pullback(of: y, at: x).elements == aty.elements, sourceLocation: sourceLocation)
}

/// Normal noise.
func noise(shape: [Int], seed: UInt64) -> Tensor<Float> {
    let random = RandomSource(seed: seed)
    let count = shape.reduce(1, *)
    return Tensor(
        shape: shape, elements: (0 ..< count).map { random.normal(step: 0, position: $0, draw: 0) })
}

/// The inner product.
func dot(_ x: Tensor<Float>, _ y: Tensor<Float>) -> Double {
    zip(x.elements, y.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}
