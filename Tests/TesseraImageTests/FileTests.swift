import TesseraFiles
import Testing

import TesseraImage
import _TesseraTestSupport

@Suite struct FileTests {
    let folder = TemporaryFolder()
    let image = RoundTripTests.picture(colour: .rgb, bits: 8, hasAlpha: false)

    @Test func contentDecidesAndNotTheName() throws {
        let path = folder.file("a.jpg")
        try image.write(to: path)
        #expect(folder.names == ["a.jpg"])
        let back = try Image(contentsOf: path)
        #expect(back.format == .png && back == image)
        #expect(try ImageHeader(contentsOf: path).format == .png)
        try image.write(to: path, as: .jpeg)
        #expect(try ImageHeader(contentsOf: path).format == .jpeg)
    }

    @Test func nothingIsReplacedIfNotWanted() throws {
        let path = folder.file("a.png")
        try image.write(to: path)
        var options = EncodingOptions()
        options.replacesFile = false
        #expect(throws: ImageError.file(.exists(path: path))) {
            try image.write(to: path, options: options)
        }
    }

    @Test func whatCannotBeWrittenLeavesNoFile() {
        var bad = image
        bad.text = [TextEntry(keyword: "two  spaces", value: "")]
        #expect(throws: ImageError.unwritableText(keyword: "two  spaces", .keyword)) {
            try bad.write(to: folder.file("a.png"))
        }
        for keyword in ["", " a", "a ", "a\n", "ж", String(repeating: "a", count: 80)] {
            bad.text = [TextEntry(keyword: keyword, value: "")]
            #expect(throws: ImageError.unwritableText(keyword: keyword, .keyword)) {
                try bad.encoded()
            }
        }
        bad.text = [TextEntry(keyword: "a", value: "b\0c")]
        for format in ImageFormat.allCases {
            #expect(throws: ImageError.unwritableText(keyword: "a", .nullCharacter)) {
                try bad.encoded(as: format)
            }
        }
        bad.text = [TextEntry(keyword: "a", value: String(repeating: "b", count: 65_531))]
        #expect(throws: ImageError.unwritableText(keyword: "a", .length(65_534, limit: 65_533))) {
            try bad.encoded(as: .jpeg)
        }
        #expect(folder.names == [])
    }

    @Test func aLongPictureIsNoJPEG() {
        let long = Image(
            width: 65_501, height: 1, colour: .gray,
            samples: .eight([UInt8](repeating: 0, count: 65_501)))
        #expect(throws: ImageError.sideTooLong(width: 65_501, height: 1, limit: 65_500)) {
            try long.encoded(as: .jpeg)
        }
    }

    @Test(arguments: [
        ("a.png", ImageFormat.png), ("b/c.PNG", .png), ("d.x.jpg", .jpeg), ("e.JPEG", .jpeg),
    ])
    func namesTellTheFormat(path: String, format: ImageFormat) throws {
        #expect(try ImageFormat(path: path) == format)
    }

    @Test(arguments: [("a.webp", "webp"), ("a", ""), ("b.png/a", ""), ("a.", "")])
    func otherNamesAreRefused(path: String, ending: String) {
        #expect(throws: ImageError.unknownExtension(ending)) { try ImageFormat(path: path) }
    }

    @Test func aMissingFileIsNamed() {
        let path = folder.file("none.png")
        #expect(throws: ImageError.file(.refused(action: .open, path: path, code: 2))) {
            try Image(contentsOf: path)
        }
        var limits = DecodingLimits()
        limits.maximumByteCount = 3
        let long = folder.write([1, 2, 3, 4], as: "long")
        #expect(throws: ImageError.file(.tooLong(path: long, byteCount: 4, limit: 3))) {
            try Image(contentsOf: long, limits: limits)
        }
    }
}
