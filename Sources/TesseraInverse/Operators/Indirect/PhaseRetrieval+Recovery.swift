public import TesseraTensor

extension PhaseRetrieval: RecoverableOperator {
    /// The best of a few runs of hybrid input and output, each from random phases.
    ///
    /// Outside of the picture the canvas is known to be empty, and in [0, 1] no pixel is negative; what
    /// breaks this is fed back. J. Fienup, "Phase Retrieval Algorithms: a Comparison", Applied Optics,
    /// 1982. Green is found first and the other channels start from it, so that all stand the same way up.
    /// Without the mapping to [0, 1] nothing is known of signs, and results are poorer.
    public func initialEstimate(from measurement: Tensor<Float>, noise: Double) -> Tensor<Float> {
        let (height, width) = (imageShape[1], imageShape[2])
        let magnitudes = spectrum(ofPicture: measurement)
        let canvas = HybridInputOutput(of: self)
        let (green, _) = (0 ..< PhaseRetrieval.runCount).map { run in
            canvas.solved(
                magnitudes.plane(1), from: canvas.randomStart(seed: UInt64(run)),
                iterationCount: PhaseRetrieval.iterationCount)
        }.min { $0.error < $1.error }!
        let planes = [0, 1, 2].map { channel in
            channel == 1
                ? green
                : canvas.solved(
                    magnitudes.plane(channel), from: green,
                    iterationCount: PhaseRetrieval.iterationCount / 2
                ).plane
        }.map { canvas.picture(of: $0).elements }
        let scale: Float = mapsToUnitRange ? 2 : 1
        return Tensor(
            shape: imageShape,
            elements: (0 ..< height * width).flatMap { pixel in
                planes.map { scale * $0[pixel] - scale + 1 }
            }
        ).clampedToPixels
    }

    /// Leaves the picture where it is.
    public func dataConsistent(
        _ pixels: Tensor<Float>, with measurement: Tensor<Float>, noise: Double
    ) -> Tensor<Float> { pixels }

    /// Shows the square roots of the magnitudes, which do not say all.
    public func picture(of measurement: Tensor<Float>) -> Tensor<Float> {
        let peak = max(measurement.elements.max() ?? 1, 1e-9)
        return measurement.mapped { 2 * (max($0, 0) / peak).squareRoot() - 1 }
    }

    /// A spectrum's magnitudes do not tell which way up the picture stood.
    public var isBlindToHalfTurns: Bool { true }

    private static let runCount = 4
    private static let iterationCount = 200
}

extension Degradation {
    /// The magnitudes of the Fourier transform are measured.
    public static let phaseRetrieval = Degradation(
        name: "phase-retrieval", summary: "the magnitudes of the Fourier transform",
        givesPicture: false
    ) { _, height, width, _ in PhaseRetrieval(height: height, width: width) }
}

extension Tensor<Float> {
    /// One of several planes `[C, h, w]`, as `[1, h, w]`.
    fileprivate func plane(_ number: Int) -> Tensor {
        permuting([1, shape[1], shape[2]]) { _, b, c in
            (number * shape[1] + b) * shape[2] + c
        }
    }
}

/// Hybrid input and output on the canvas of one operator; planes are `[1, rows, columns]` of it.
private struct HybridInputOutput {
    private let transform: FourierTransform
    private let height: Int
    private let width: Int
    private let isPositive: Bool

    init(of forwardOperator: PhaseRetrieval) {
        (height, width) = (forwardOperator.imageShape[1], forwardOperator.imageShape[2])
        isPositive = forwardOperator.mapsToUnitRange
        let (rows, columns) = (
            forwardOperator.measurementShape[1], forwardOperator.measurementShape[2]
        )
        transform = FourierTransform(
            height: rows, width: columns, rowCount: rows, columnCount: columns)
    }

    /// Random values where the picture stands.
    func randomStart(seed: UInt64) -> Tensor<Float> {
        let random = RandomSource(seed: seed, key: 0x9A5E)
        return Tensor(
            shape: [1, transform.height, transform.width],
            elements: (0 ..< transform.height * transform.width).map { place in
                place / transform.width < height && place % transform.width < width
                    ? random.uniform(step: 0, position: place) : 0
            })
    }

    /// Iterates, and ends with the last estimate inside of the picture.
    func solved(
        _ magnitudes: Tensor<Float>, from start: Tensor<Float>, iterationCount: Int
    ) -> (plane: Tensor<Float>, error: Double) {
        var input = start
        var error = 0.0
        for iteration in 0 ..< iterationCount {
            let (real, imaginary) = transform.forward(input)
            let ratios = real.combined(with: imaginary) { ($0 * $0 + $1 * $1).squareRoot() }
                .combined(with: magnitudes) { $1 / max($0, 1e-12) }
            let output = transform.adjoint(
                real: real.combined(with: ratios) { $0 * $1 },
                imaginary: imaginary.combined(with: ratios) { $0 * $1 })
            let last = iteration >= iterationCount - 20
            error = 0
            input = Tensor(shape: input.shape) { result in
                input.withUnsafeBuffer { input in
                    output.withUnsafeBuffer { output in
                        for place in result.indices {
                            let isInside =
                                place / transform.width < height
                                && place % transform.width < width
                            let value = output[place]
                            let isKept = isInside && (!isPositive || value >= 0)
                            if !isKept { error += Double(value * value) }
                            result.initializeElement(
                                at: place,
                                to: isKept ? value : last ? 0 : input[place] - 0.9 * value)
                        }
                    }
                }
            }
        }
        return (input, error)
    }

    /// The part of a plane where the picture stands.
    func picture(of plane: Tensor<Float>) -> Tensor<Float> {
        plane.reshaped(to: plane.shape + [1]).rectangle(rows: 0 ..< height, columns: 0 ..< width)
    }
}
