import TesseraTensor

/// One correlation of a picture with the weights of a kernel, and its adjoint.
///
/// The picture is extended by reflection about its outermost pixels, which are not repeated, as often
/// as the kernel asks for: numpy's and PyTorch's "reflect". Only weights that matter to a sum in
/// single precision are visited.
struct KernelPass: Sendable {
    /// A weight and how far from a pixel it reads, in rows and columns of the extended picture.
    private struct Tap {
        let row: Int
        let column: Int
        let weight: Float
    }

    private let height: Int
    private let width: Int
    private let top: Int
    private let left: Int
    private let taps: [Tap]

    /// Plans a pass over pictures of one size.
    init(_ kernel: BlurKernel, height: Int, width: Int) {
        self.height = height
        self.width = width
        top = kernel.height / 2
        left = kernel.width / 2
        let least = 0x1p-26 * (kernel.weights.map(\.magnitude).max() ?? 0)
        taps = kernel.weights.enumerated().filter { $0.element.magnitude > least }.map {
            index, weight in
            Tap(row: index / kernel.width, column: index % kernel.width, weight: weight)
        }
    }

    private var extendedHeight: Int { height + 2 * top }
    private var extendedWidth: Int { width + 2 * left }

    /// The correlation: the sum over taps of weight · extended pixel.
    func apply(to pixels: Tensor<Float>) -> Tensor<Float> {
        let (count, stride) = (width * 3, extendedWidth * 3)
        return extended(pixels).withUnsafeBuffer { source in
            Tensor(shape: pixels.shape) { result in
                result.initialize(repeating: 0)
                nonisolated(unsafe) let result = result
                ThreadPool.run(count: height) { y in
                    let target = result.baseAddress! + y * count
                    for tap in taps {
                        add(
                            source.baseAddress! + (y + tap.row) * stride + tap.column * 3,
                            times: tap.weight, to: target, count: count)
                    }
                }
            }
        }
    }

    /// The adjoint: each pixel's weights go back to where they were read.
    func applyAdjoint(to gradient: Tensor<Float>) -> Tensor<Float> {
        let (count, stride) = (width * 3, extendedWidth * 3)
        let spread = gradient.withUnsafeBuffer { source in
            Tensor<Float>(shape: [extendedHeight, stride]) { result in
                result.initialize(repeating: 0)
                nonisolated(unsafe) let result = result
                ThreadPool.run(count: extendedHeight) { y in
                    for tap in taps where (0 ..< height).contains(y - tap.row) {
                        add(
                            source.baseAddress! + (y - tap.row) * count, times: tap.weight,
                            to: result.baseAddress! + y * stride + tap.column * 3, count: count)
                    }
                }
            }
        }
        return folded(spread, shape: gradient.shape)
    }

    @inline(__always)
    private func add(
        _ source: UnsafePointer<Float>, times weight: Float, to target: UnsafeMutablePointer<Float>,
        count: Int
    ) {
        for i in 0 ..< count { target[i] += weight * source[i] }
    }

    private func extended(_ pixels: Tensor<Float>) -> Tensor<Float> {
        pixels.withUnsafeBuffer { pixels in
            Tensor(shape: [extendedHeight, extendedWidth * 3]) { result in
                forEachExtendedPixel { target, source in
                    for channel in 0 ..< 3 {
                        result.initializeElement(
                            at: target + channel, to: pixels[source + channel])
                    }
                }
            }
        }
    }

    private func folded(_ spread: Tensor<Float>, shape: [Int]) -> Tensor<Float> {
        spread.withUnsafeBuffer { spread in
            Tensor(shape: shape) { result in
                result.initialize(repeating: 0)
                forEachExtendedPixel { source, target in
                    for channel in 0 ..< 3 { result[target + channel] += spread[source + channel] }
                }
            }
        }
    }

    /// Visits the pixels of the extended picture, each with the pixel that it shows.
    @inline(__always)
    private func forEachExtendedPixel(_ body: (_ extended: Int, _ pixel: Int) -> Void) {
        let columns = (0 ..< extendedWidth).map { reflected($0 - left, count: width) * 3 }
        for y in 0 ..< extendedHeight {
            let row = reflected(y - top, count: height) * width * 3
            for x in 0 ..< extendedWidth {
                body((y * extendedWidth + x) * 3, row + columns[x])
            }
        }
    }
}

/// The place that a mirror at either end shows at an index: -1 shows 1, `count` shows `count - 2`.
func reflected(_ index: Int, count: Int) -> Int {
    guard count > 1 else { return 0 }
    let period = 2 * (count - 1)
    let place = ((index % period) + period) % period
    return place < count ? place : period - place
}
