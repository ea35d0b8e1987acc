public import TesseraImage
import TesseraInverse
import TesseraPosterior
import TesseraTensor
import TesseraTokens

extension Model {
    /// The most pixels that an enlarged picture may have.
    ///
    /// Its numbers take 12 bytes a pixel several times over, and its sampling some minutes a megapixel.
    public static let maximumEnlargedPixelCount = 1 << 24

    /// Enlarges a picture, taking it for an antialiased bicubic reduction of the one that is sought.
    ///
    /// - Parameters:
    ///   - image: The small picture; its depth, profile and format are kept, alpha is interpolated.
    ///   - factor: How many times larger each side becomes, such as 2 or 4.
    ///   - options: How to sample.
    ///   - advance: Told after each step, with the number of all steps.
    /// - Returns: The enlarged picture, and how far its reduction is from the small one.
    /// - Precondition: The result has at most ``maximumEnlargedPixelCount`` pixels.
    public func enlarge(
        _ image: Image, by factor: Int, options: RecoveryOptions = RecoveryOptions(),
        advance: (_ step: Int, _ count: Int) -> Void = { _, _ in }
    ) -> Recovered {
        let (height, width) = (image.height * factor, image.width * factor)
        precondition(
            height * width <= Model.maximumEnlargedPixelCount,
            "A picture of \(width) x \(height) pixels is more than can be sampled")
        let pixels = image.pixels
        let reduction = SuperResolution(factor: factor, height: height, width: width)
        let rough = tokenizer.encode(reduction.enlarged(pixels))
        let problem = RecoveryProblem(
            height: height, width: width,
            start: TokenGrid(
                maskedHeight: rough.height, width: rough.width, vocabulary: rough.vocabulary),
            rough: rough,
            // Not quite 1, at which replacement sampling would keep every token.
            trust: [Float](repeating: 0.99, count: rough.positionCount)
        ) { rectangle in
            // Windows start at whole positions, which are whole pixels of the small picture.
            let part = SuperResolution(
                factor: factor, height: rectangle.height, width: rectangle.width)
            return ImageMeasurement(
                of: part,
                values: pixels.pixels(
                    in: PixelRectangle(
                        top: rectangle.top / factor, left: rectangle.left / factor,
                        height: part.measurementShape[1], width: part.measurementShape[2])))
        }
        let grid = recover(problem, options: options, advance: advance)
        var decoded = tokenizer.decode(grid, height: height, width: width)
        let residual = reduction.residual(of: decoded, given: pixels)
        if options.isProjected { decoded = reduction.backProjected(decoded, onto: pixels) }
        return Recovered(image: Image(pixels: decoded, like: image), residual: residual)
    }
}

extension SuperResolution {
    /// Moves a picture to where its reduction is the measurement.
    ///
    /// What the reduction lacks is enlarged and added, a few times over: iterative back-projection
    /// (M. Irani and S. Peleg, "Improving Resolution by Image Registration", CVGIP 1991).
    ///
    /// - Parameters:
    ///   - pixels: A picture of the operator's image shape.
    ///   - measurement: What its reduction should be.
    /// - Returns: The moved picture, values clamped to [-1, 1].
    func backProjected(_ pixels: Tensor<Float>, onto measurement: Tensor<Float>) -> Tensor<Float> {
        let enlarging = BicubicResampling(
            fromHeight: measurementShape[1], width: measurementShape[2],
            toHeight: imageShape[1], width: imageShape[2])
        var result = pixels
        for _ in 0 ..< 4 {
            result = result.adding(
                enlarging.apply(to: measurement.subtracting(apply(to: result))))
        }
        result.withUnsafeMutableBuffer { values in
            for i in values.indices { values[i] = min(max(values[i], -1), 1) }
        }
        return result
    }
}
