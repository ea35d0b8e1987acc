import CPeak
import TesseraTensor

/// The kernels at the shapes of the shipped networks on a picture of 256 x 256 pixels.
enum KernelBenchmarks {
    /// The processor's peak with all threads of the pool.
    static var peak: Benchmark {
        Benchmark(
            name: "peak/registers/f32", work: Double(Processor.threadCount) * peak_run(peakRounds),
            unit: .operations
        ) { ThreadPool.run(count: Processor.threadCount) { _ in _ = peak_run(peakRounds) } }
    }

    private static let peakRounds: Int64 = 500_000

    static var all: [Benchmark] {
        [
            (32, 8, 192, 1), (32, 192, 192, 1), (32, 192, 384, 1), (64, 96, 96, 1),
            (64, 96, 192, 1), (128, 48, 48, 1), (128, 48, 12, 1), (128, 12, 48, 1),
            (128, 48, 96, 2), (64, 96, 192, 2), (256, 128, 128, 1), (16, 512, 512, 1),
        ].flatMap { shape in
            [Precision.float32, .bfloat16].map { convolution3(shape, $0) }
        }
            + [
                (256, 256, 768), (256, 256, 256), (256, 256, 1024), (256, 1024, 256),
                (256, 768, 2304), (256, 768, 768), (256, 3072, 768),
            ].flatMap { shape in
                Precision.allCases.map { productOf(shape, $0) }
            }
            + [(256, .float32), (1024, .float32), (1024, .bfloat16)].map(attentionOf)
            + [softmax1024, norm256, shuffle128, relu128]
            + [(256, 256, 4), (256, 16384, 8)].map(nearest)
    }

    /// The largest difference of each level's convolution and product from the slow twin's.
    static func agreement() -> [(level: InstructionSet, difference: Float)] {
        let x = tensor([1, 19, 21, 32])
        let weights = PackedConvolution(tensor([40, 3, 3, 32]))
        let rows = tensor([61, 100])
        let matrix = PackedMatrix(tensor([70, 100]))
        let run = {
            convolution(x, weights, activation: .relu).elements
                + product(rows, matrix, activation: .gelu).elements
        }
        let slow = Processor.withInstructionSet(.reference, run)
        return InstructionSet.allCases.filter(\.isAvailable).map { level in
            let fast = Processor.withInstructionSet(level, run)
            return (level, zip(fast, slow).reduce(0) { max($0, abs($1.0 - $1.1)) })
        }
    }
}

private func tensor(_ shape: [Int]) -> Tensor<Float> {
    let random = RandomSource(seed: 1)
    let count = shape.reduce(1, *)
    return Tensor(
        shape: shape,
        elements: (0 ..< count).map { 0.2 * random.uniform(step: 0, position: $0) - 0.1 })
}

private func convolution3(
    _ shape: (side: Int, inputs: Int, outputs: Int, stride: Int), _ precision: Precision
) -> Benchmark {
    let (side, inputs, outputs, stride) = shape
    let x = tensor([1, side, side, inputs])
    let weights = PackedConvolution(tensor([outputs, 3, 3, inputs]), stride: stride)
    let bias = tensor([outputs])
    let pixels = Double((side / stride) * (side / stride))
    return Benchmark(
        name: "convolution/\(side)x\(side)x\(inputs)-\(outputs)\(stride == 2 ? "/2" : "")/"
            + precision.rawValue,
        work: 18 * pixels * Double(inputs * outputs), unit: .operations
    ) { _ = convolution(x, weights, bias: bias, activation: .relu, precision: precision) }
}

private func productOf(
    _ shape: (rows: Int, inputs: Int, outputs: Int), _ precision: Precision
) -> Benchmark {
    let (rows, inputs, outputs) = shape
    let x = tensor([rows, inputs])
    let weights = PackedMatrix(tensor([outputs, inputs]), precision: precision)
    return Benchmark(
        name: "product/\(rows)x\(inputs)x\(outputs)/\(precision.rawValue)",
        work: 2 * Double(rows * inputs * outputs), unit: .operations
    ) { _ = product(x, weights) }
}

private func attentionOf(_ length: Int, _ precision: Precision) -> Benchmark {
    let x = tensor([length, 768])
    return Benchmark(
        name: "attention/\(length)x8x32/\(precision.rawValue)",
        work: 4 * Double(length * length) * 256, unit: .operations
    ) {
        _ = attention(
            queryKeyValue: x, batch: 1, length: length, headCount: 8, precision: precision)
    }
}

private func nearest(_ rows: Int, _ codes: Int, _ width: Int) -> Benchmark {
    let x = tensor([rows, width])
    let search = CodeSearch(tensor([codes, width]), by: .euclidean)
    return Benchmark(
        name: "nearest/\(rows)x\(codes)x\(width)/f32", work: 2 * Double(rows * codes * width),
        unit: .operations
    ) { _ = search(x) }
}

private var softmax1024: Benchmark {
    let x = tensor([1024, 256])
    return Benchmark(name: "softmax/1024x256/f32", work: 8 * 1024 * 256, unit: .bytes) {
        _ = softmax(x)
    }
}

private var norm256: Benchmark {
    let x = tensor([256, 256])
    let gain = tensor([256])
    return Benchmark(name: "norm/256x256/f32", work: 8 * 256 * 256, unit: .bytes) {
        _ = rootMeanSquareNorm(x, gain: gain)
    }
}

private var shuffle128: Benchmark {
    let x = tensor([1, 64, 64, 128])
    return Benchmark(name: "shuffle/64x64x128/f32", work: 8 * 64 * 64 * 128, unit: .bytes) {
        _ = pixelShuffle(x)
    }
}

private var relu128: Benchmark {
    let x = tensor([1, 128, 128, 32])
    return Benchmark(name: "positives/128x128x32/f32", work: 4 * 128 * 128 * 32, unit: .bytes) {
        _ = PositiveMask(x)
    }
}
