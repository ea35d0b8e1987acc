import TesseraImage
import TesseraInverse
import TesseraJobs
import TesseraTensor
import Testing
import _TesseraTestSupport

@Suite struct PicturePreparationTests {
    @Test func withoutASizeEveryPictureStaysAsItIs() {
        let preparation = PicturePreparation()
        #expect(preparation.fit == .native)
        #expect(preparation.pixels(of: noisePicture(width: 5, height: 3)) == nil)
    }

    @Test(arguments: [PicturePreparation.Fit.crop, .pad])
    func aSquareOfTheRightSizeIsNotChanged(fit: PicturePreparation.Fit) {
        let image = noisePicture(width: 70, height: 70)
        let pixels = PicturePreparation(side: 70, fit: fit).pixels(of: image)
        #expect(pixels?.elements == image.pixels.elements)
    }

    @Test func croppingTakesTheSquareInTheMiddle() {
        let image = noisePicture(width: 75, height: 70)
        let pixels = PicturePreparation(side: 70).pixels(of: image)
        #expect(
            pixels?.elements == image.pixels(rows: 0 ..< 70, columns: 2 ..< 72).elements)
    }

    @Test(arguments: [(200, 130, 64), (64, 65, 48), (20, 30, 64)])
    func bandsGiveWhatTheWholePictureGives(width: Int, height: Int, side: Int) throws {
        let image = noisePicture(width: width, height: height)
        let square = min(width, height)
        let left = (width - square) / 2
        let top = (height - square) / 2
        let whole = BicubicResampling(
            fromHeight: square, width: square, toHeight: side, width: side
        ).apply(
            to: image.pixels(rows: top ..< top + square, columns: left ..< left + square))
        let pixels = try #require(PicturePreparation(side: side).pixels(of: image))
        // The sums run in the same order; only the clamp is added.
        #expect(pixels.elements == whole.elements.map { min(max($0, -1), 1) })
    }

    @Test func paddingKeepsTheWholePictureBetweenBlackBars() throws {
        let white = Image(
            width: 40, height: 10, colour: .gray,
            samples: .eight([UInt8](repeating: 255, count: 400)))
        let pixels = try #require(PicturePreparation(side: 16, fit: .pad).pixels(of: white))
        let rows = (0 ..< 16).map { pixels.elements[$0 * 16 * 3] }
        #expect(rows == (0 ..< 16).map { (6 ..< 10).contains($0) ? 1 : -1 })
    }

    @Test func picturesArePassedOverForTheirSides() {
        var preparation = PicturePreparation(side: 16)
        preparation.minimumSide = 10
        preparation.maximumSide = 100
        preparation.maximumAspect = 3
        func reason(_ width: Int, _ height: Int) -> String? {
            preparation.reasonToPassOver(width: width, height: height)
        }
        #expect(reason(10, 30) == nil)
        #expect(reason(9, 30) == "min-side")
        #expect(reason(50, 101) == "max-side")
        #expect(reason(31, 10) == "max-aspect")
    }
}
