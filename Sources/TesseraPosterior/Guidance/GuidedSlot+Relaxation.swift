import TesseraTensor

extension GuidedSlot {
    /// Draws from the distributions as far as a gradient can follow: softmax((φ + g) / τ).
    ///
    /// E. Jang, S. Gu and B. Poole, "Categorical Reparameterization with Gumbel-Softmax", ICLR 2017.
    ///
    /// - Parameters:
    ///   - noise: Gumbel noise g of all slots at all positions, a dense matrix.
    ///   - temperature: τ, above 0.
    mutating func relax(with noise: Tensor<Float>, temperature: Float) {
        let (count, stride, first) = (columns.count, noise.shape[1], columns.lowerBound)
        relaxed = softmax(
            logits.withUnsafeBuffer { logits in
                noise.withUnsafeBuffer { noise in
                    Tensor(shape: self.logits.shape) { noisy in
                        Self.forEach(positions) { row, position in
                            for i in row * count ..< (row + 1) * count {
                                let g = noise[position * stride + first + i - row * count]
                                noisy.initializeElement(
                                    at: i, to: (logits[i] + g) / temperature)
                            }
                        }
                    }
                }
            })
        relaxationTemperature = temperature
    }

    /// Takes one step of the optimizer on φ along the gradient at the relaxed draw.
    ///
    /// With s the relaxed draw, the loss has the gradient s (g - Σ s g) / τ, and λ KL(q ‖ x_θ) the
    /// gradient λ q (r - Σ q r) with r = φ - log x_θ.
    ///
    /// - Parameters:
    ///   - gradient: The gradient of the loss by the relaxed draw, a dense matrix.
    ///   - scale: What multiplies it.
    ///   - rate: The learning rate.
    ///   - priorWeight: λ.
    mutating func descendRelaxed(
        along gradient: Tensor<Float>, scale: Float, rate: Float, priorWeight: Float
    ) {
        let (count, stride, first) = (columns.count, gradient.shape[1], columns.lowerBound)
        let (positions, prior, relaxed, probabilities) = (positions, prior, relaxed, probabilities)
        let scale = scale / relaxationTemperature
        optimizer.update(&logits, rate: rate) { row, logits, slope in
            let start = positions[row] * stride + first
            gradient.withUnsafeBuffer { g in
                relaxed.withUnsafeBuffer { s in
                    var mean: Float = 0
                    for i in 0 ..< count { mean += s[row * count + i] * g[start + i] }
                    for i in 0 ..< count {
                        slope[i] = scale * s[row * count + i] * (g[start + i] - mean)
                    }
                }
            }
            prior.withUnsafeBuffer { prior in
                probabilities.withUnsafeBuffer { q in
                    var mean: Float = 0
                    for i in 0 ..< count {
                        mean += q[row * count + i] * (logits[i] - prior[row * count + i])
                    }
                    for i in 0 ..< count {
                        let ratio = logits[i] - prior[row * count + i]
                        slope[i] += priorWeight * q[row * count + i] * (ratio - mean)
                    }
                }
            }
        }
        self.probabilities = softmax(logits)
    }
}
