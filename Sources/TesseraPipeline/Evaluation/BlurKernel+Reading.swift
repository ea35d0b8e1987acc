import TesseraCheckpoint
import TesseraImage
public import TesseraInverse
import TesseraTensor

extension BlurKernel {
    /// The largest side of a kernel that is read, in pixels.
    public static let maximumSide = 129

    /// Reads a kernel from a picture or a numpy file.
    ///
    /// A picture's luma is the weight, black for none, and is scaled to a sum of 1. Numbers of a
    /// numpy file have that sum already.
    ///
    /// - Parameter path: A picture, or a file that ends in `.npy` with the shape `[height, width]`.
    /// - Throws: ``KernelError``.
    public init(contentsOf path: String) throws(KernelError) {
        let isNumPy = path.lowercased().hasSuffix(".npy")
        let values = try isNumPy ? BlurKernel.numbers(of: path) : BlurKernel.luma(of: path)
        let shape = values.shape
        guard
            shape.count == 2, shape.allSatisfy({ $0 % 2 == 1 && $0 <= BlurKernel.maximumSide })
        else { throw .shape(path: path, shape) }
        let weights = values.elements
        guard weights.allSatisfy(\.isFinite) else { throw .notANumber(path: path) }
        let sum = weights.reduce(0.0) { $0 + Double($1) }
        // Single precision, or a text with three digits.
        guard sum > 0, !isNumPy || abs(sum - 1) < 1e-3 else { throw .sum(path: path, sum) }
        self.init(height: shape[0], width: shape[1], weights: weights)
    }

    private static func numbers(of path: String) throws(KernelError) -> Tensor<Float> {
        do { return try NumPyFile.read(path) } catch { throw .numPy(error) }
    }

    private static func luma(of path: String) throws(KernelError) -> Tensor<Float> {
        do {
            let image = try Image(contentsOf: path)
            let pixels = image.pixels.elements
            return Tensor(
                shape: [image.height, image.width],
                elements: stride(from: 0, to: pixels.count, by: 3).map {
                    (pixels[$0] + pixels[$0 + 1] + pixels[$0 + 2] + 3) / 6
                })
        } catch { throw .image(path: path, error) }
    }
}
