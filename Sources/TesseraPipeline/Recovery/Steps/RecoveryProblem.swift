import TesseraInverse
import TesseraPosterior
import TesseraTensor
import TesseraTokens

/// What is known about a picture whose tokens are to be found.
struct RecoveryProblem {
    /// A: how the measurement comes from the picture.
    let forwardOperator: any RecoverableOperator

    /// y: what was measured.
    let values: Tensor<Float>

    /// The standard deviation of its noise, in units of [-1, 1]; 0 for none.
    let noise: Double

    /// The tokens that are given; the masked ones are to be found.
    let start: TokenGrid

    /// What the measurement itself suggests for all tokens.
    let initialEstimate: InitialEstimate

    /// The height of the picture in pixels.
    var height: Int { forwardOperator.imageShape[1] }

    /// The width of the picture in pixels.
    var width: Int { forwardOperator.imageShape[2] }

    /// What was measured of a rectangle of the picture.
    ///
    /// - Precondition: The measurement of the rectangle can be told from that of the rest.
    func measurement(of rectangle: PixelRectangle) -> ImageMeasurement {
        if rectangle.height == height && rectangle.width == width {
            return ImageMeasurement(of: forwardOperator, values: values, noise: noise)
        }
        guard
            let part = forwardOperator.part(
                rows: rectangle.rows, columns: rectangle.columns, of: values)
        else {
            preconditionFailure("A picture of \(width) x \(height) pixels is too large for it")
        }
        return ImageMeasurement(of: part.forwardOperator, values: part.values, noise: noise)
    }
}
