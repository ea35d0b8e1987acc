public import TesseraCheckpoint
public import TesseraImage
import TesseraInverse

/// Why a blur kernel could not be read.
public enum KernelError: Error {
    /// The picture could not be read.
    case image(path: String, ImageError)

    /// The numpy file could not be read.
    case numPy(NumPyError)

    /// The kernel has no middle, is too large, or is no matrix.
    case shape(path: String, [Int])

    /// A weight is no finite number.
    case notANumber(path: String)

    /// The weights do not sum to 1, or a picture is black.
    case sum(path: String, Double)
}

extension KernelError: CustomStringConvertible {
    /// One sentence, without a final period, that names the file, the fact and the remedy.
    public var description: String {
        switch self {
        case .image(let path, let error): "\(path): \(error)"
        case .numPy(let error): "\(error)"
        case .shape(let path, let shape):
            "the kernel '\(path)' has the shape \(shape), but needs two odd sides of at most "
                + "\(BlurKernel.maximumSide); pad it with zeros to an odd size, or cut it"
        case .notANumber(let path):
            "the kernel '\(path)' has a weight that is no finite number; replace it by a number"
        case .sum(let path, let sum):
            "the weights of the kernel '\(path)' sum to \(Float(sum)), but must sum to 1; divide "
                + "them by their sum"
        }
    }
}
