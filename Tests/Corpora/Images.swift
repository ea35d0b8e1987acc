import Foundation
import TesseraImage

/// What reading a picture gave.
typealias Outcome = Result<Image, ImageError>

func read(_ path: String) -> Outcome {
    do throws(ImageError) {
        return .success(try Image(contentsOf: path))
    } catch {
        return .failure(error)
    }
}

/// Every file is a picture or a clear error, within its time, and a picture can be written again.
func checkEveryImage(_ corpora: String, _ report: inout Report) {
    let folders = ["pngsuite", "libpng", "exif-orientation", "libjpeg-turbo", "synthetic-images"]
    // Far above what any file here needs, and far below what a bomb would cost.
    let patience = Duration.seconds(10)
    for folder in folders {
        let names = files(below: "\(corpora)/\(folder)")
        var pictureCount = 0
        for name in names {
            print("\(folder)/\(name)", terminator: "  ")
            fflush(nil)  // Before a crash, not after.
            var outcome = Outcome.failure(.empty)
            let time = ContinuousClock().measure { outcome = read("\(corpora)/\(folder)/\(name)") }
            report.expect(time < patience, name, "took \(time)")
            switch outcome {
            case .success(let image):
                pictureCount += 1
                print("\(image.width) × \(image.height) × \(image.colour), \(image.format)")
                checkPicture(image, path: "\(corpora)/\(folder)/\(name)", &report)
            case .failure(let error):
                print(error)
                report.expect(!"\(error)".isEmpty, name, "an error says nothing")
            }
        }
        report.finish(folder, fileCount: names.count, "\(pictureCount) of them pictures")
        report.expect(pictureCount > 0, folder, "no picture was read")
    }
}

/// The header agrees with the picture, and writing it as PNG loses nothing.
private func checkPicture(_ image: Image, path: String, _ report: inout Report) {
    do throws(ImageError) {
        let header = try ImageHeader(contentsOf: path)
        report.expect(
            header.width == image.width && header.height == image.height
                && header.format == image.format && header.hasAlpha == (image.alpha != nil),
            path, "the header says \(header.width) × \(header.height), alpha \(header.hasAlpha)")
        var back = try Image(bytes: image.encoded(as: .png))
        back.format = image.format
        // A JPEG's comments may have keywords that PNG does not know; here none has.
        report.expect(back == image, path, "written and read again, it is another picture")
        let jpeg = try Image(bytes: image.encoded(as: .jpeg))
        report.expect(
            jpeg.width == image.width && jpeg.height == image.height, path,
            "written as JPEG, it has another size")
    } catch {
        report.expect(false, path, "\(error)")
    }
}

/// The synthetic files do what the table beside them says.
func checkExpectedImages(_ corpora: String, _ report: inout Report) {
    let folder = "\(corpora)/synthetic-images"
    let rows = table("\(folder)/EXPECT.tsv").filter { $0.count >= 2 }
    for row in rows {
        let words = row[1].split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let mayBePicture = words.first == "ok" || row[1].contains("err or ok")
        let mayBeError =
            words.first == "err" || row[1].contains("or err") || row[1].contains("or side-limit")
        switch read("\(folder)/\(row[0])") {
        case .success(let image):
            report.expect(mayBePicture, row[0], "is read, but the table says '\(row[1])'")
            let size = words.dropFirst().first ?? ""
            let isSize = size.contains("x") && size.first?.isNumber == true
            report.expect(
                !isSize || size == "\(image.width)x\(image.height)", row[0],
                "is \(image.width) × \(image.height), but the table says '\(row[1])'")
        case .failure(let error):
            report.expect(mayBeError, row[0], "'\(error)', but the table says '\(row[1])'")
        }
    }
    report.finish("synthetic-images/EXPECT.tsv", fileCount: rows.count)
}
