import TesseraInverse
import TesseraTensor
import Testing

@Suite struct ResamplingTests {
    @Test func givesWhatPillowGives() throws {
        let fixture = try PictureFixture.load()
        let picture = fixture.picture(fixture.pixels)
        for expected in fixture.resampled {
            let resampled = BicubicResampling(
                fromHeight: fixture.height, width: fixture.width, toHeight: expected.height,
                width: expected.width
            ).apply(to: picture)
            let differences = zip(resampled.elements, expected.values).map { abs($0 - $1) }
            // Six digits in the file.
            #expect(
                differences.max()! < 2e-6, "to \(expected.height) x \(expected.width)")
            #expect(resampled.count == expected.values.count)
        }
    }

    @Test(arguments: [2, 4, 8], [1, 8, 17])
    func superResolutionKeepsConstants(factor: Int, side: Int) {
        let forwardOperator = SuperResolution(factor: factor, height: side, width: 3 * side)
        let reduced = forwardOperator.apply(
            to: Tensor(shape: forwardOperator.imageShape, repeating: 0.25))
        #expect(reduced.shape == forwardOperator.measurementShape)
        #expect(reduced.elements.allSatisfy { abs($0 - 0.25) < 1e-6 })
        #expect(forwardOperator.enlarged(reduced).elements.allSatisfy { abs($0 - 0.25) < 1e-6 })
    }

    @Test func theMeasurementCoversPicturesOfAnySize() {
        let even = SuperResolution(factor: 4, height: 64, width: 48)
        #expect(even.measurementShape == [1, 16, 12, 3])
        let odd = SuperResolution(factor: 4, height: 65, width: 1)
        #expect(odd.measurementShape == [1, 17, 1, 3])
    }
}
