import TesseraFiles
import Testing

import TesseraImage

@Suite struct ImageErrorTests {
    static let sentences: [(ImageError, String)] = [
        (
            .file(.refused(action: .open, path: "a.png", code: 2)),
            "cannot open 'a.png': No such file or directory"
        ),
        (.empty, "the file is empty; a PNG or JPEG picture was expected"),
        (
            .notAnImage(firstBytes: Array("<html>".utf8)),
            "the file begins with '<html>', but a PNG or JPEG picture was expected"
        ),
        (
            .notAnImage(firstBytes: [0, 0x1F, 0x41]),
            "the file begins with 00 1f 41, but a PNG or JPEG picture was expected"
        ),
        (
            .unsupportedFormat("WebP"),
            "the picture is WebP, but only PNG and JPEG are read; convert it first"
        ),
        (
            .unknownExtension("gif"),
            "the name ends in '.gif', but only .png and .jpg are written"
        ),
        (.unknownExtension(""), "the name has no extension; end it in .png or .jpg"),
        (
            .noPixels(width: 0, height: 4),
            "the picture is 0 × 4 pixels; both sides must be at least 1"
        ),
        (
            .tooManyPixels(width: 10, height: 10, limit: 50),
            "the picture claims 10 × 10 pixels, but at most 50 are admitted"
        ),
        (
            .sideTooLong(width: 10, height: 1, limit: 5),
            "the picture is 10 × 1 pixels, but a side has at most 5"
        ),
        (
            .tooFewBytes(width: 10, height: 10, byteCount: 3),
            "the picture claims 10 × 10 pixels, which its 3 bytes cannot hold; "
                + "the file is truncated or forged"
        ),
        (
            .tooManyScans(limit: 100),
            "the JPEG has more than 100 scans; such files exist only to waste time"
        ),
        (
            .truncated(.jpeg),
            "the JPEG ends before its pixels are complete; the file is truncated"
        ),
        (
            .badHeader(.png, .missing("IHDR chunk")),
            "the PNG has no IHDR chunk where it must stand"
        ),
        (
            .badHeader(.png, .checksum("IHDR")),
            "the PNG has a wrong checksum in IHDR; the file is damaged"
        ),
        (
            .badHeader(.png, .colour(type: 5, bits: 8)),
            "the PNG has colour type 5 with 8 bits a sample, which does not exist"
        ),
        (
            .badHeader(.png, .method(name: "filter", value: 9)),
            "the PNG has filter method 9, which does not exist"
        ),
        (
            .badHeader(.jpeg, .segmentLength(1)),
            "the JPEG has a segment of 1 bytes; the length alone takes 2"
        ),
        (
            .unsupportedJPEG(.bits(12)),
            "the JPEG has 12 bits a sample, but only 8 are read; convert it first"
        ),
        (
            .unsupportedJPEG(.components(2)),
            "the JPEG has 2 components, but only 1, 3 and 4 are read; convert it first"
        ),
        (
            .unsupportedJPEG(.lossless),
            "the JPEG is losslessly coded, which is not read; convert it first"
        ),
        (
            .unsupportedJPEG(.hierarchical),
            "the JPEG is hierarchically coded, which is not read; convert it first"
        ),
        (
            .unsupportedJPEG(.deferredHeight),
            "the JPEG gives its height after the pixels, which is not read"
        ),
        (
            .damaged(.jpeg, report: "Bogus Huffman table definition"),
            "the pixels of the JPEG are damaged: Bogus Huffman table definition"
        ),
        (
            .unwritableText(keyword: "a  b", .keyword),
            "the text 'a  b' has a keyword that PNG does not allow; "
                + "use 1 to 79 printable Latin characters with single spaces between"
        ),
        (
            .unwritableText(keyword: "a", .nullCharacter),
            "the text 'a' contains U+0000, which no format can hold"
        ),
        (
            .unwritableText(keyword: "a", .length(70_000, limit: 65_533)),
            "the text 'a' has 70000 bytes, but a JPEG comment holds 65533; write a PNG instead"
        ),
        (.outOfMemory(.png), "no memory is left to code the PNG"),
    ]

    @Test(arguments: sentences.indices)
    func saysWhatIsWrong(index: Int) {
        #expect(Self.sentences[index].0.description == Self.sentences[index].1)
    }
}
