public import TesseraTensor

/// How the levels of a channel are placed.
public enum LevelPlacement: String, CaseIterable, Sendable {
    /// Cells of equal probability under a normal distribution, each level the mean of its cell.
    ///
    /// Assumes that a channel is normal with its own mean and deviation, cut at three deviations:
    /// TokenBridge (ICCV 2025), section 3.3, where mean and deviation are fixed for all channels.
    case normalQuantile = "normal-quantile"

    /// The levels with the least mean squared error over the values seen.
    ///
    /// The optimum of S. Lloyd, Least Squares Quantization in PCM, 1957, and J. Max, Quantizing for
    /// Minimum Distortion, 1960; found as a whole, not by iteration.
    case lloydMax = "lloyd-max"
}

/// Collects latents of a set of images and computes the levels of each channel.
///
/// It keeps a histogram a channel and no latent, so that a set of any size may be added.
///
///     var fitting = LevelFitting(channels: 8)
///     for image in images { fitting.add(encoder.encode(image)) }
///     let levels = fitting.levels(placed: .lloydMax)
public struct LevelFitting: Sendable {
    private var histograms: [ChannelHistogram]

    /// Starts with no latents.
    ///
    /// - Parameter channels: The number of channels of a latent.
    public init(channels: Int) {
        histograms = Array(repeating: ChannelHistogram(), count: channels)
    }

    /// The number of positions seen.
    public var positionCount: Int { histograms.first?.count ?? 0 }

    /// Adds latents.
    ///
    /// - Parameter latent: Any shape whose last axis is the channels; all values finite.
    public mutating func add(_ latent: Tensor<Float>) {
        let channels = histograms.count
        precondition(
            latent.shape.last == channels,
            "Levels of \(channels) channels got a latent of shape \(latent.shape)")
        latent.withUnsafeBuffer { values in
            for channel in 0 ..< channels {
                for index in stride(from: channel, to: values.count, by: channels) {
                    histograms[channel].add(values[index])
                }
            }
        }
    }

    /// Computes the levels of each channel.
    ///
    /// **Edge cases:** a channel with fewer different values than levels gets further levels a
    /// little above them, so that levels always rise.
    ///
    /// - Parameters:
    ///   - placement: How levels are placed.
    ///   - levelCount: The number of levels of a channel.
    /// - Returns: Rising levels. Shape `[channels, levelCount]`. Lloyd–Max levels are exact up to
    ///   the width of a bin, 1/2048 of the range of the channel.
    /// - Precondition: At least one latent was added.
    public func levels(placed placement: LevelPlacement, levelCount: Int = 16) -> Tensor<Float> {
        precondition(positionCount > 0, "Levels need latents to be computed from")
        let rows = histograms.map { histogram in
            let levels =
                switch placement {
                case .normalQuantile:
                    NormalDistribution.levels(levelCount).map {
                        histogram.mean + histogram.standardDeviation * $0
                    }
                case .lloydMax:
                    ScalarClusters.centres(of: histogram.points, count: levelCount)
                }
            return LevelFitting.rising(levels, count: levelCount)
        }
        return Tensor(shape: [rows.count, levelCount], elements: Array(rows.joined()))
    }

    /// As many levels as asked for, each above the one before.
    private static func rising(_ levels: [Double], count: Int) -> [Float] {
        var result: [Float] = []
        for index in 0 ..< count {
            let wanted = index < levels.count ? Float(levels[index]) : -.infinity
            // A step that survives rounding at this magnitude, and is not lost beside zero.
            let least = result.last.map { $0 + max($0.magnitude * 1e-6, 1e-6) } ?? wanted
            result.append(max(wanted, least))
        }
        return result
    }
}
