import TesseraTensor

/// The pixels of a hole on their way to values without visible borders: a solution for each channel.
final class SeamSolution {
    private let pixels: Tensor<Float>
    private let channels: [PoissonEquation.Solution]
    private let places: [(pixel: Int, index: Int)]

    /// Begins.
    ///
    /// - Parameters:
    ///   - pixels: The picture, `[1, H, W, C]`.
    ///   - channels: The solution of each of its channels.
    ///   - places: The pixels of the hole, and where their values stand in the solutions.
    init(
        in pixels: Tensor<Float>, of channels: [PoissonEquation.Solution],
        at places: [(pixel: Int, index: Int)]
    ) {
        self.pixels = pixels
        self.channels = channels
        self.places = places
    }

    /// Takes the next step of every channel.
    ///
    /// - Returns: Whether there was one to take.
    func next() -> Bool {
        ThreadPool.map(count: channels.count) { channels[$0].next() }.contains(true)
    }

    /// The picture with its hole filled.
    func result() -> Tensor<Float> {
        var filled = pixels
        filled.withUnsafeMutableBuffer { filled in
            for (channel, solution) in channels.enumerated() {
                let values = solution.values
                for (pixel, index) in places {
                    filled[pixel * channels.count + channel] = min(max(values[index], -1), 1)
                }
            }
        }
        return filled
    }
}
