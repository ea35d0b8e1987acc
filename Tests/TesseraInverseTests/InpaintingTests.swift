import TesseraInverse
import TesseraTensor
import Testing

@Suite struct InpaintingTests {
    let mask = PixelMask(height: 20, width: 13, rows: 3 ..< 12, columns: 8 ..< 40)

    @Test func projectionKeepsKnownPixelsBitForBitAndTheHoleFromThePicture() {
        let inpainting = Inpainting(mask: mask)
        let truth = noise(shape: inpainting.imageShape, seed: 1)
        let guess = noise(shape: inpainting.imageShape, seed: 2)
        let result = inpainting.projectOntoMeasurement(
            guess, measurement: inpainting.apply(to: truth))
        for (pixel, isHole) in mask.isHole.enumerated() {
            let range = 3 * pixel ..< 3 * pixel + 3
            #expect(result.elements[range] == (isHole ? guess : truth).elements[range])
        }
        #expect(inpainting.residual(of: result, given: inpainting.apply(to: truth)) == 0)
    }

    @Test func twoApplicationsAreOne() {
        let inpainting = Inpainting(mask: mask)
        let once = inpainting.apply(to: noise(shape: inpainting.imageShape, seed: 1))
        #expect(inpainting.apply(to: once).elements == once.elements)
    }

    @Test func holeFractionsCountOnlyPixelsOfThePicture() {
        // Rows 3 ..< 12 and columns 8 ..< 13 of 20 x 13 pixels, in squares of 8.
        #expect(mask.holeFractions(ofSquares: 8) == [0, 5.0 / 8, 0, 0.5, 0, 0])
    }

    @Test func aWindowOfAMaskIsThatPart() {
        let window = mask.window(row: 2, column: 7, height: 2, width: 3)
        #expect(window.isHole == [false, false, false, false, true, true])
    }

    @Test(arguments: [0, 1, 3, 30])
    func aHoleGrowsToEveryPixelWithinTheMargin(margin: Int) {
        let mask = PixelMask(height: 17, width: 12, fraction: 0.03, random: RandomSource(seed: 4))
        let grown = mask.grown(by: margin)
        for y in 0 ..< 17 {
            for x in 0 ..< 12 {
                let isNear = (max(y - margin, 0) ... min(y + margin, 16)).contains { row in
                    (max(x - margin, 0) ... min(x + margin, 11)).contains { column in
                        mask.isHole[row * 12 + column]
                    }
                }
                #expect(grown.isHole[y * 12 + x] == isNear)
            }
        }
    }

    @Test func theLargestMissingSquareIsFound() {
        // Rows 3 ..< 12 and columns 8 ..< 13.
        #expect(mask.hasHole(ofSide: 1) && mask.hasHole(ofSide: 5) && !mask.hasHole(ofSide: 6))
        let scattered = PixelMask(
            height: 33, width: 41, fraction: 0.8, random: RandomSource(seed: 6))
        for side in 1 ... 9 {
            let isThere = (0 ... 33 - side).contains { y in
                (0 ... 41 - side).contains { x in
                    scattered.window(row: y, column: x, height: side, width: side).holeCount
                        == side * side
                }
            }
            #expect(scattered.hasHole(ofSide: side) == isThere)
        }
    }

    @Test func halfTheSizeHasTheMeansOfWhatIsKnown() {
        let isHole = [
            false, true, true,  //
            true, false, true,  //
            false, false, false,
        ]
        let small = PixelMask(height: 3, width: 3, isHole: isHole)
        let pixels = Tensor<Float>(
            shape: [1, 3, 3, 3], elements: (0 ..< 27).map { Float($0 / 3) })
        let (forwardOperator, values) = Inpainting(mask: small).halved(pixels)
        #expect(forwardOperator.mask.isHole == [false, true, false, false])
        let expected: [Float] = [2, 0, 6.5, 8]
        #expect((0 ..< 4).map { values.elements[3 * $0] } == expected)
    }

    @Test func aMaskStretchedAndShrunkIsItself() {
        let large = mask.resized(toHeight: 60, width: 39)
        #expect(large.holeCount == 9 * mask.holeCount)
        #expect(large.resized(toHeight: 20, width: 13) == mask)
    }

    @Test func aRandomMaskHasExactlyItsFraction() {
        let mask = PixelMask(height: 30, width: 20, fraction: 0.7, random: RandomSource(seed: 5))
        #expect(mask.holeCount == 420)
        let same = PixelMask(height: 30, width: 20, fraction: 0.7, random: RandomSource(seed: 5))
        #expect(mask == same)
        let other = PixelMask(height: 30, width: 20, fraction: 0.7, random: RandomSource(seed: 6))
        #expect(mask != other)
    }

    @Test(arguments: [(1, 1), (1, 9), (16, 16), (17, 61)])
    func aSmoothFillKeepsKnownPixelsAndTheirRange(height: Int, width: Int) {
        let mask = PixelMask(
            height: height, width: width, fraction: 0.7, random: RandomSource(seed: 8))
        let inpainting = Inpainting(mask: mask)
        let truth = noise(shape: inpainting.imageShape, seed: 1)
        let filled = inpainting.smoothlyFilled(truth)
        let projected = inpainting.projectOntoMeasurement(filled, measurement: truth)
        #expect(filled.elements == projected.elements)
        let known = inpainting.apply(to: truth).elements
        // A solution of Laplace's equation stays in between; one that is near to it nearly does.
        let range = (known.min() ?? 0) - 0.01 ... (known.max() ?? 0) + 0.01
        #expect(filled.elements.allSatisfy { range.contains($0) })
    }

    @Test(arguments: [1, 2, 4]) func aSmoothFillTakesEachChannelByItself(channels: Int) {
        let (height, width) = (17, 23)
        let mask = PixelMask(
            height: height, width: width, fraction: 0.7, random: RandomSource(seed: 8))
        let inpainting = Inpainting(mask: mask)
        let truth = noise(shape: [1, height, width, channels], seed: 1)
        let filled = inpainting.smoothlyFilled(truth)
        #expect(filled.shape == truth.shape)
        #expect(
            inpainting.projectOntoMeasurement(filled, measurement: truth).elements
                == filled.elements)
        let (values, result) = (truth.elements, filled.elements)
        for channel in 0 ..< channels {
            let three = Tensor<Float>(
                shape: inpainting.imageShape,
                elements: (0 ..< height * width * 3).map { values[$0 / 3 * channels + channel] })
            let alone = inpainting.smoothlyFilled(three).elements
            #expect(
                (0 ..< height * width).allSatisfy {
                    alone[3 * $0] == result[$0 * channels + channel]
                })
        }
    }

    @Test func aSmoothFillContinuesARamp() {
        let (height, width) = (24, 20)
        let ramp = Tensor<Float>(
            shape: [1, height, width, 3],
            elements: (0 ..< height * width * 3).map { index in
                Float(index / 3 / width) / 24 - Float(index / 3 % width) / 40
            })
        let box = PixelMask(height: height, width: width, rows: 6 ..< 17, columns: 5 ..< 13)
        let filled = Inpainting(mask: box).smoothlyFilled(ramp)
        let errors = zip(filled.elements, ramp.elements).map { abs($0 - $1) }
        // A fortieth of the ramp's range.
        #expect(errors.max()! < 0.03)
    }

    @Test func aHoleInAFlatPictureBecomesFlat() {
        let box = PixelMask(height: 40, width: 30, rows: 3 ..< 39, columns: 5 ..< 28)
        let flat = Tensor<Float>(shape: [1, 40, 30, 3], repeating: 0.25)
        // Weights that sum to one, rounded some hundred times over.
        #expect(
            Inpainting(mask: box).smoothlyFilled(flat).elements.allSatisfy {
                abs($0 - 0.25) < 1e-5
            })
    }

    @Test func withoutAKnownPixelThereIsZero() {
        let all = PixelMask(height: 5, width: 6, rows: 0 ..< 5, columns: 0 ..< 6)
        let filled = Inpainting(mask: all).smoothlyFilled(
            Tensor(shape: [1, 5, 6, 3], repeating: 7))
        #expect(filled.elements.allSatisfy { $0 == 0 })
    }
}
