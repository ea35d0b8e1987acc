import Foundation
import TesseraInverse
import TesseraTensor
import Testing

@Suite struct CosineDenoiserTests {
    private static let noise = 0.1

    /// Oblique stripes and an edge of colours.
    private func photograph(height: Int, width: Int) -> Tensor<Float> {
        Tensor(
            shape: [1, height, width, 3],
            elements: (0 ..< height * width * 3).map { index in
                let (y, x, channel) = (index / 3 / width, index / 3 % width, index % 3)
                let stripes = 0.4 * sin(Float(x + 2 * y) * 0.7)
                return stripes + (x < width / 2 ? 0.2 : -0.3) * Float(channel)
            })
    }

    private func noisy(_ picture: Tensor<Float>) -> Tensor<Float> {
        let random = RandomSource(seed: 9)
        // Sums of twelve uniform numbers are nearly normal, with a variance of one.
        let values = picture.elements.enumerated().map { index, value in
            let sum = (0 ..< 12).reduce(Float(-6)) {
                $0 + random.uniform(step: $1, position: index, draw: 0)
            }
            return value + Float(Self.noise) * sum
        }
        return Tensor(shape: picture.shape, elements: values)
    }

    private func error(_ left: Tensor<Float>, _ right: Tensor<Float>) -> Float {
        let squares = zip(left.elements, right.elements).map { ($0 - $1) * ($0 - $1) }
        return (squares.reduce(0, +) / Float(squares.count)).squareRoot()
    }

    @Test(arguments: [(1, 1), (3, 20), (8, 8), (33, 41), (70, 9)])
    func doesWhatItsDefinitionSays(height: Int, width: Int) {
        let picture = noisy(photograph(height: height, width: width))
        let result = CosineDenoiser(noise: Self.noise).picture(from: picture)
        let expected = SlowCosines(height: height, width: width)
            .denoised(picture.elements.map(Double.init), noise: Self.noise)
        // Sums of 64 by 64 products.
        #expect(zip(result.elements, expected).allSatisfy { abs(Double($0) - $1) < 2e-5 })
    }

    @Test func takesMostOfTheNoiseAway() {
        let clean = photograph(height: 64, width: 48)
        let picture = noisy(clean)
        #expect(error(picture, clean) > 0.095)
        let denoised = CosineDenoiser(noise: Self.noise).picture(from: picture)
        #expect(error(denoised, clean) < 0.05)
    }

    /// The noise of a gray picture's equal channels adds up in its luma.
    @Test func takesMostOfAGrayPicturesNoiseAway() {
        func gray(_ picture: Tensor<Float>) -> Tensor<Float> {
            let values = picture.elements
            return Tensor(
                shape: picture.shape, elements: values.indices.map { values[$0 / 3 * 3] })
        }
        let clean = photograph(height: 64, width: 48)
        let picture = gray(noisy(clean))
        #expect(error(picture, gray(clean)) > 0.095)
        let denoiser = CosineDenoiser(noise: Self.noise)
        #expect(error(denoiser.picture(from: picture), gray(clean)) < 0.06)
        #expect(error(denoiser.picture(from: picture, and: gray(clean)), gray(clean)) < 0.04)
    }

    /// An estimate that knows the picture is believed by half, and one that knows nothing does little harm.
    @Test func hearsAnotherOpinion() {
        let clean = photograph(height: 64, width: 48)
        let picture = noisy(clean)
        let denoiser = CosineDenoiser(noise: Self.noise)
        let alone = error(denoiser.picture(from: picture), clean)
        #expect(error(denoiser.picture(from: picture, and: clean), clean) < 0.7 * alone)
        let gray = Tensor<Float>(shape: clean.shape, repeating: 0)
        #expect(error(denoiser.picture(from: picture, and: gray), clean) < 1.1 * alone)
    }

    @Test func changesNothingWithoutNoise() {
        let picture = noisy(photograph(height: 21, width: 40))
        let denoiser = CosineDenoiser(noise: 0)
        #expect(error(denoiser.picture(from: picture), picture) < 1e-6)
        let gray = Tensor<Float>(shape: picture.shape, repeating: 0)
        #expect(error(denoiser.picture(from: picture, and: gray), picture) < 1e-6)
    }

    /// Steps from a smooth picture and from gray end at the same one.
    @Test func aBlurUnderNoiseIsUndoneWithFewCoefficients() {
        let clean = photograph(height: 32, width: 24)
        let forwardOperator = Blur(
            kernel: .gaussian(side: 9, deviation: 1.2), height: 32, width: 24)
        let measured = noisy(forwardOperator.apply(to: clean))
        let estimate = forwardOperator.initialEstimate(from: measured, noise: Self.noise)
        let smooth = RegularizedInversion(
            noise: Self.noise, difference: 0.08, magnitude: 1, edge: 0.02
        ).picture(explaining: measured, by: forwardOperator)
        #expect(error(estimate, clean) < 0.9 * error(smooth, clean))
        #expect(error(estimate, clean) < 0.8 * error(measured, clean))
        let gray = Tensor<Float>(shape: clean.shape, repeating: 0)
        let moved = forwardOperator.dataConsistent(gray, with: measured, noise: Self.noise)
        #expect(error(moved, estimate) < 0.1 * error(estimate, clean))
    }

    @Test func stripesGoOnBetweenScatteredPixels() {
        let clean = photograph(height: 64, width: 48)
        let forwardOperator = Inpainting(
            mask: PixelMask(height: 64, width: 48, fraction: 0.6, random: RandomSource(seed: 2)))
        let estimate = forwardOperator.initialEstimate(
            from: forwardOperator.apply(to: clean), noise: 0)
        #expect(
            forwardOperator.apply(to: estimate).elements
                == forwardOperator.apply(to: clean).elements)
        let smooth = forwardOperator.smoothlyFilled(clean)
        #expect(error(estimate, clean) < 0.7 * error(smooth, clean))
    }

    /// Near known pixels a sampled picture that does not explain them is changed; far from them it only
    /// goes on smoothly, as without cosines.
    @Test func onlyTheRimOfALargeHoleIsCompleted() {
        let clean = photograph(height: 60, width: 60)
        let sampled = noisy(clean)
        let box = PixelMask(height: 60, width: 60, rows: 10 ..< 50, columns: 10 ..< 50)
        let forwardOperator = Inpainting(mask: box)
        let moved = forwardOperator.dataConsistent(
            sampled, with: forwardOperator.apply(to: clean), noise: 0)
        let smooth = forwardOperator.smoothlyFilled(clean.subtracting(sampled)).adding(sampled)
            .clampedToPixels
        func difference(_ side: Range<Int>) -> Float {
            error(
                moved.rectangle(rows: side, columns: side),
                smooth.rectangle(rows: side, columns: side))
        }
        // The eleven pixels around a pixel reach five beyond it.
        #expect(difference(15 ..< 45) < 1e-5)
        #expect(difference(10 ..< 50) > 0.01)
    }

    @Test func aSampledPictureThatExplainsAllStaysAsItIs() {
        let clean = photograph(height: 40, width: 40)
        let forwardOperator = Inpainting(
            mask: PixelMask(height: 40, width: 40, fraction: 0.6, random: RandomSource(seed: 2)))
        let moved = forwardOperator.dataConsistent(
            clean, with: forwardOperator.apply(to: clean), noise: 0)
        #expect(error(moved, clean) < 1e-6)
    }
}

/// Every square of 8×8 pixels of a picture with mirrored edges, transformed by sums in double precision.
private struct SlowCosines {
    let height: Int
    let width: Int

    private static let cosines: [[Double]] = (0 ..< 8).map { u -> [Double] in
        let scale = u == 0 ? 0.125.squareRoot() : 0.5
        return (0 ..< 8).map { x -> Double in
            let angle = Double((2 * x + 1) * u) * Double.pi / 16
            return scale * cos(angle)
        }
    }
    private static let colours: [[Double]] = [
        [1, 1, 1].map { (x: Double) -> Double in x / 3.0.squareRoot() },
        [1, 0, -1].map { (x: Double) -> Double in x / 2.0.squareRoot() },
        [1, -2, 1].map { (x: Double) -> Double in x / 6.0.squareRoot() },
    ]

    func denoised(_ pixels: [Double], noise: Double) -> [Double] {
        let planes = Self.colours.map { weights in
            (0 ..< height * width).map { i -> Double in
                var sum = 0.0
                for channel in 0 ..< 3 { sum += weights[channel] * pixels[3 * i + channel] }
                return sum
            }
        }
        let clean = planes.map { plane in
            let pilot = changed(plane, plane) { c, _ in abs(c) > 2.4 * noise ? c : 0 }
            return changed(plane, pilot) { c, p in c * p * p / (p * p + noise * noise) }
        }
        return (0 ..< 3 * height * width).map { i -> Double in
            var sum = 0.0
            for colour in 0 ..< 3 { sum += Self.colours[colour][i % 3] * clean[colour][i / 3] }
            return sum
        }
    }

    private func changed(
        _ plane: [Double], _ pilot: [Double], _ change: (Double, Double) -> Double
    ) -> [Double] {
        var sums = [Double](repeating: 0, count: height * width)
        for top in -7 ..< height {
            for left in -7 ..< width {
                let (own, other) = (square(plane, top, left), square(pilot, top, left))
                let back = transformed(
                    zip(transformed(own, isBack: false), transformed(other, isBack: false))
                        .map(change), isBack: true)
                for (index, value) in back.enumerated() {
                    let (y, x) = (top + index / 8, left + index % 8)
                    guard (0 ..< height).contains(y) && (0 ..< width).contains(x) else { continue }
                    sums[y * width + x] += value / 64
                }
            }
        }
        return sums
    }

    private func square(_ plane: [Double], _ top: Int, _ left: Int) -> [Double] {
        (0 ..< 64).map { index in
            let y = mirrored(top + index / 8, height)
            return plane[y * width + mirrored(left + index % 8, width)]
        }
    }

    private func mirrored(_ place: Int, _ count: Int) -> Int {
        guard count > 1 else { return 0 }
        var place = place
        while place < 0 || place >= count {
            place = place < 0 ? -place : 2 * (count - 1) - place
        }
        return place
    }

    private func transformed(_ square: [Double], isBack: Bool) -> [Double] {
        func weight(_ from: Int, _ to: Int) -> Double {
            isBack ? Self.cosines[from][to] : Self.cosines[to][from]
        }
        var rows = [Double](repeating: 0, count: 64)
        var result = rows
        for i in 0 ..< 64 {
            for k in 0 ..< 8 { rows[i] += weight(k, i % 8) * square[i / 8 * 8 + k] }
        }
        for i in 0 ..< 64 {
            for k in 0 ..< 8 { result[i] += weight(k, i / 8) * rows[k * 8 + i % 8] }
        }
        return result
    }
}
