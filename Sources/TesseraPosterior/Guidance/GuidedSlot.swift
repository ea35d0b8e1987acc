import Glibc
import TesseraTensor

/// The guided distributions of one slot at the positions at which it is masked.
struct GuidedSlot: Sendable {
    /// The number of the slot.
    let slot: Int

    /// Which columns of a dense matrix are the slot's codes.
    let columns: Range<Int>

    /// The positions at which the slot is masked, rising.
    let positions: [Int]

    /// What the prior says, log x_θ up to a constant for each row: `[positions.count, V]`.
    let prior: Tensor<Float>

    /// The guided logits φ: `[positions.count, V]`.
    var logits: Tensor<Float>

    /// What the logits say, softmax φ: `[positions.count, V]`.
    var probabilities: Tensor<Float>

    /// A relaxed draw from the distributions, ``relax(with:temperature:)``: `[positions.count, V]`.
    var relaxed: Tensor<Float>

    /// The temperature of that draw.
    var relaxationTemperature: Float = 1

    /// What moves the logits along gradients.
    var optimizer: AdamOptimizer

    /// The largest log-probability less the smallest that counts: what G2D2 allows too.
    private static let priorRange: Float = 70

    /// Starts from what the prior says.
    ///
    /// - Parameters:
    ///   - slot: The number of the slot.
    ///   - columns: Which columns of a dense matrix are the slot's codes.
    ///   - positions: The positions at which the slot is masked.
    ///   - logits: A prior's logits, of these and other slots.
    ///   - starts: Where the logits of each position begin.
    init(
        slot: Int, columns: Range<Int>, positions: [Int], logits: Tensor<Float>, starts: [Int]
    ) {
        self.slot = slot
        self.columns = columns
        self.positions = positions
        let count = columns.count
        prior = logits.withUnsafeBuffer { logits in
            Tensor(shape: [positions.count, count]) { rows in
                Self.forEach(starts) { row, start in
                    let largest = logits[start ..< start + count].max() ?? 0
                    for i in 0 ..< count {
                        let logit = max(logits[start + i] - largest, -Self.priorRange)
                        rows.initializeElement(at: row * count + i, to: logit)
                    }
                }
            }
        }
        self.logits = prior
        probabilities = softmax(prior)
        relaxed = probabilities
        optimizer = AdamOptimizer(shape: prior.shape)
    }

    /// Runs a closure for each row and its place elsewhere, on all threads.
    static func forEach(_ places: [Int], _ body: (_ row: Int, _ place: Int) -> Void) {
        ThreadPool.run(over: places.count, by: 32) { rows in
            for row in rows { body(row, places[row]) }
        }
    }

    /// Writes rows to where they belong in a dense matrix.
    ///
    /// - Parameters:
    ///   - values: Shape `[positions.count, V]`.
    ///   - dense: The matrix.
    ///   - stride: The number of its columns.
    func copy(
        _ values: Tensor<Float>, into dense: UnsafeMutableBufferPointer<Float>, stride: Int
    ) {
        guard let target = dense.baseAddress else { return }
        values.withUnsafeBuffer { values in
            guard let source = values.baseAddress else { return }
            Self.forEach(positions) { row, position in
                (target + position * stride + columns.lowerBound)
                    .update(from: source + row * columns.count, count: columns.count)
            }
        }
    }

    /// Moves φ towards the logits of an estimate: φ ← (1 - w) φ + w estimate.
    ///
    /// - Parameters:
    ///   - estimate: Logits of all slots at all positions, a dense matrix.
    ///   - weights: w of each position of the grid, in [0, 1].
    mutating func start(from estimate: Tensor<Float>, weights: [Float]) {
        let (count, stride, first) = (columns.count, estimate.shape[1], columns.lowerBound)
        estimate.withUnsafeBuffer { estimate in
            logits.withUnsafeMutableBuffer { logits in
                Self.forEach(positions) { row, position in
                    let weight = weights[position]
                    let start = position * stride + first
                    let largest = estimate[start ..< start + count].max() ?? 0
                    for i in 0 ..< count {
                        let old = logits[row * count + i]
                        let step = estimate[start + i] - largest - old
                        logits[row * count + i] = old + weight * step
                    }
                }
            }
        }
        probabilities = softmax(logits)
    }

    /// What the measurement has changed so far, φ - log x_θ up to a constant for each row.
    var guidance: Tensor<Float> {
        logits.withUnsafeBuffer { logits in
            prior.withUnsafeBuffer { prior in
                Tensor(shape: self.logits.shape) { guidance in
                    Self.forEach(positions) { row, _ in
                        for i in row * columns.count ..< (row + 1) * columns.count {
                            guidance.initializeElement(at: i, to: logits[i] - prior[i])
                        }
                    }
                }
            }
        }
    }

    /// Guides φ as an earlier step did: φ ← φ + w guidance.
    ///
    /// - Parameters:
    ///   - guidance: The guidance of all slots at all positions, a dense matrix.
    ///   - weight: w, in [0, 1].
    mutating func add(guidance: Tensor<Float>, weight: Float) {
        let (count, stride, first) = (columns.count, guidance.shape[1], columns.lowerBound)
        guidance.withUnsafeBuffer { guidance in
            logits.withUnsafeMutableBuffer { logits in
                Self.forEach(positions) { row, position in
                    let start = position * stride + first
                    for i in 0 ..< count { logits[row * count + i] += weight * guidance[start + i] }
                }
            }
        }
        probabilities = softmax(logits)
    }

    /// Takes one step of Adam on φ.
    ///
    /// The gradient of λ Σ p (log p - log x_θ) with respect to p is λ (φ - log x_θ), up to a constant
    /// that the softmax takes away.
    ///
    /// - Parameters:
    ///   - gradient: The gradient of the loss with respect to probabilities, a dense matrix.
    ///   - rate: The learning rate.
    ///   - priorWeight: The weight λ of a slot's divergence from the prior.
    mutating func descend(along gradient: Tensor<Float>, rate: Float, priorWeight: Float) {
        let (count, stride, first) = (columns.count, gradient.shape[1], columns.lowerBound)
        let (positions, prior, probabilities) = (positions, prior, probabilities)
        // Asked for once: threads that retain the same tensors for each row wait for each other.
        gradient.withUnsafeBuffer { gradient in
            prior.withUnsafeBuffer { prior in
                probabilities.withUnsafeBuffer { probabilities in
                    optimizer.update(&logits, rate: rate) { row, logits, slope in
                        let start = positions[row] * stride + first
                        for i in 0 ..< count {
                            let ratio = logits[i] - prior[row * count + i]
                            slope[i] = gradient[start + i] + priorWeight * ratio
                        }
                        let p = UnsafeBufferPointer(
                            rebasing: probabilities[row * count ..< (row + 1) * count])
                        let mean = innerProduct(p, UnsafeBufferPointer(slope))
                        for i in 0 ..< count { slope[i] = p[i] * (slope[i] - mean) }
                    }
                }
            }
        }
        self.probabilities = softmax(logits)
    }

    /// Mixes each distribution with certainty at one code, by its entropy.
    ///
    /// w = H(p) / log V is 1 for a distribution that knows nothing, which is then hard, and 0 for a
    /// sure one.
    ///
    /// - Parameter codes: The code of each of ``positions``.
    mutating func harden(to codes: [Int32]) {
        let count = columns.count
        probabilities.withUnsafeMutableBuffer { probabilities in
            for (row, code) in codes.enumerated() {
                let range = row * count ..< (row + 1) * count
                let entropy = probabilities[range].reduce(0) { $0 - $1 * log(max($1, 1e-30)) }
                let weight = entropy / log(Float(count))
                for i in range { probabilities[i] *= 1 - weight }
                probabilities[range.lowerBound + Int(code)] += weight
            }
        }
    }
}

/// Σ x y, in eight sums so that the processor need not wait for each addition.
private func innerProduct(
    _ x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>
) -> Float {
    var sums = SIMD8<Float>()
    let whole = x.count / 8 * 8
    for i in stride(from: 0, to: whole, by: 8) {
        let x = UnsafeRawPointer(x.baseAddress! + i).loadUnaligned(as: SIMD8<Float>.self)
        let y = UnsafeRawPointer(y.baseAddress! + i).loadUnaligned(as: SIMD8<Float>.self)
        sums += x * y
    }
    return (whole ..< x.count).reduce(sums.sum()) { $0 + x[$1] * y[$1] }
}
