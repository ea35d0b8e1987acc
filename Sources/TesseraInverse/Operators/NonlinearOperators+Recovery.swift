public import TesseraTensor

extension ToneClipping: RecoverableOperator {
    /// Divides by the gain; what was clipped lies in the middle of what it can be.
    public func roughPicture(from measurement: Tensor<Float>, noise: Double) -> Tensor<Float> {
        let limit = clippingLimit(noise: noise)
        let beyond = (1 + 1 / gain) / 2
        let rough = measurement.mapped { value in
            value >= limit ? beyond : value <= -limit ? -beyond : value / gain
        }
        guard noise > 0 else { return rough }
        return CosineDenoiser(noise: noise / Double(gain)).picture(from: rough).clampedToPixels
    }

    /// Moves what was not clipped to the measurement, and what was clipped beyond the limit.
    public func moved(
        _ pixels: Tensor<Float>, toward measurement: Tensor<Float>, noise: Double
    ) -> Tensor<Float> {
        let limit = clippingLimit(noise: noise)
        // What was clipped says nothing of the difference.
        let seen = pixels.combined(with: measurement) { pixel, value in
            abs(value) >= limit ? pixel : value / gain
        }
        let clean =
            noise == 0
            ? seen : CosineDenoiser(noise: noise / Double(gain)).picture(from: seen, and: pixels)
        return clean.combined(with: measurement) { pixel, value in
            value >= limit
                ? max(pixel, 1 / gain) : value <= -limit ? min(pixel, -1 / gain) : pixel
        }.clampedToPixels
    }

    /// Cuts the picture.
    public func part(
        rows: Range<Int>, columns: Range<Int>, of measurement: Tensor<Float>
    ) -> (map: any ForwardOperator, values: Tensor<Float>)? {
        (
            ToneClipping(gain: gain, height: rows.count, width: columns.count),
            measurement.rectangle(rows: rows, columns: columns)
        )
    }

    /// From which magnitude on a value may be a clipped one, given the noise that came after.
    private func clippingLimit(noise: Double) -> Float { Float(max(1 - 2 * noise, 0.5)) - 1e-6 }
}

extension NonlinearBlur: RecoverableOperator {
    /// Undoes exposure and tone curve, and the blur of light as a linear one.
    public func roughPicture(from measurement: Tensor<Float>, noise: Double) -> Tensor<Float> {
        pixels(
            ofLight: RegularizedInversion.ofPhotographs(noise: noise * usualSlope)
                .picture(explaining: blurredLight(of: measurement), by: blur)
        ).clampedToPixels
    }

    /// Moves the light of a picture, for which the operator is a linear blur.
    public func moved(
        _ pixels: Tensor<Float>, toward measurement: Tensor<Float>, noise: Double
    ) -> Tensor<Float> {
        let light = light(of: pixels)
        let missing = blurredLight(of: measurement).subtracting(blur.apply(to: light))
        let change = RegularizedInversion.ofSampledPictures(noise: noise * usualSlope)
            .picture(explaining: missing, by: blur)
        return self.pixels(ofLight: light.adding(change)).clampedToPixels
    }

    /// Cuts the picture, and the measurement to where it depends on nothing outside.
    public func part(
        rows: Range<Int>, columns: Range<Int>, of measurement: Tensor<Float>
    ) -> (map: any ForwardOperator, values: Tensor<Float>)? {
        blurredPart(
            resized(height: rows.count, width: columns.count), reach: blur.kernel.reach,
            rows: rows, columns: columns, of: measurement)
    }

    /// How much light a change of a pixel's value is, about: both curves together in the middle.
    private var usualSlope: Double { 0.5 }
}

extension JPEGCompression: RecoverableOperator {
    /// The picture as it was stored, smoothed as far as its coefficients' steps allow.
    public func roughPicture(from measurement: Tensor<Float>, noise: Double) -> Tensor<Float> {
        let smooth = Denoising(height: imageShape[1], width: imageShape[2])
            .roughPicture(from: measurement, noise: usualError)
        return projectOntoMeasurement(smooth, measurement: measurement)
    }

    /// Moves pixels towards those stored, as far as these are to be trusted, and then every coefficient
    /// into its step.
    public func moved(
        _ pixels: Tensor<Float>, toward measurement: Tensor<Float>, noise: Double
    ) -> Tensor<Float> {
        let nearer = Denoising(height: imageShape[1], width: imageShape[2])
            .moved(pixels, toward: measurement, noise: usualError)
        return projectOntoMeasurement(nearer, measurement: measurement)
    }

    /// Cuts the picture at its blocks.
    ///
    /// Subsampled colour differences have blocks of 16 pixels; a window that starts inside of one takes
    /// them for shifted by half.
    public func part(
        rows: Range<Int>, columns: Range<Int>, of measurement: Tensor<Float>
    ) -> (map: any ForwardOperator, values: Tensor<Float>)? {
        (
            JPEGCompression(
                quality: quality, subsampling: subsampling, height: rows.count,
                width: columns.count),
            measurement.rectangle(rows: rows, columns: columns)
        )
    }
}
