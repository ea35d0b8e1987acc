import TesseraImage
import TesseraPipeline
import Testing

@Suite struct SheetTests {
    private func flat(_ width: Int, _ height: Int, _ level: UInt8) -> Image {
        Image(
            width: width, height: height, colour: .gray,
            samples: .eight([UInt8](repeating: level, count: width * height)))
    }

    @Test func cellsStandInRowsWithGapsBetween() {
        let sheet = ContactSheet(
            pictures: (0 ..< 5).map { _ in ContactSheet.Picture(image: flat(20, 10, 0)) },
            columnCount: 3)
        #expect(sheet.size == (3 * 26 + 6, 2 * 16 + 6))
        let image = sheet.image
        #expect(image.width == sheet.size.width && image.height == sheet.size.height)
    }

    @Test func aSmallPictureIsEnlargedByAWholeFactor() {
        let sheet = ContactSheet(
            pictures: [
                ContactSheet.Picture(image: flat(40, 40, 100)),
                ContactSheet.Picture(image: flat(10, 9, 7)),
            ], columnCount: 2)
        guard case .eight(let samples) = sheet.image.samples else {
            Issue.record("A sheet has 8 bits")
            return
        }
        #expect(samples.count { $0 == 100 } == 40 * 40 * 3)
        #expect(samples.count { $0 == 7 } == 40 * 36 * 3)
    }

    @Test func labelsAreWrittenBelow() {
        let plain = ContactSheet(
            pictures: [ContactSheet.Picture(image: flat(64, 8, 255))], columnCount: 1)
        let labelled = ContactSheet(
            pictures: [ContactSheet.Picture(image: flat(64, 8, 255), label: "Hi!")],
            columnCount: 1)
        #expect(labelled.size.height > plain.size.height)
        guard case .eight(let samples) = labelled.image.samples else { return }
        // H has 17 dark pixels, i 9 and ! 6.
        #expect(samples.count { $0 == 0 } == 3 * (17 + 9 + 6))
    }

    @Test func aLongLabelIsCutToItsCell() {
        let sheet = ContactSheet(
            pictures: [
                ContactSheet.Picture(
                    image: flat(30, 8, 255), label: String(repeating: "é|", count: 50))
            ], columnCount: 1)
        #expect(sheet.image.width == 42)
    }
}
