import TesseraFiles
import TesseraImage
import Testing
import _TesseraTestSupport

/// Masks as people paint them: on transparent layers, on turned photographs, all or nothing.
@Suite struct MaskTests {
    private let folder = TemporaryFolder()

    private func inpaint(_ mask: String, _ arguments: String...) -> Ran {
        tessera(
            ["inpaint", folder.file("in.jpg"), "--mask", folder.file(mask), "--method", "exemplar"]
                + ["--json", "--format", "png", "--overwrite", "-o", folder.file("out.png")]
                + arguments)
    }

    /// A mask whose square has an opacity and a lightness, and all else another.
    private func layer(
        _ name: String, width: Int, height: Int, square: (UInt8, UInt8), rest: (UInt8, UInt8)
    ) throws {
        let inside = (0 ..< width * height).map { pixel in
            (20 ..< 36).contains(pixel / width) && (24 ..< 40).contains(pixel % width)
        }
        let image = Image(
            width: width, height: height, colour: .gray,
            samples: .eight(inside.map { $0 ? square.1 : rest.1 }),
            alpha: .eight(inside.map { $0 ? square.0 : rest.0 }))
        folder.write(try image.encoded(), as: name)
    }

    private func writePicture(orientation: UInt8) throws {
        let plain = try noisePicture(width: 96, height: 64).encoded(as: .jpeg)
        let tiff: [UInt8] = [
            0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0,
        ]
        let exif = Array("Exif\0\0".utf8) + tiff
        folder.write(
            Array(plain[..<2] + [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif + plain[2...]),
            as: "in.jpg")
    }

    @Test(arguments: [0, 255] as [UInt8])
    func whatIsPaintedOnATransparentLayerIsFilled(colour: UInt8) throws {
        try writePicture(orientation: 1)
        try layer("mask.png", width: 96, height: 64, square: (255, colour), rest: (0, colour))
        let run = inpaint("mask.png", "--mask-polarity", "opaque")
        #expect(run.code == 0 && run.objects[0].number("copiedPixels") == 256, "\(run.messages)")
        // By lightness the layer is all white or all black: the other polarities are named.
        let other = inpaint("mask.png")
        #expect(other.code == (colour == 255 ? 1 : 0))
        #expect(
            other.messages.contains("'--mask-polarity opaque' would select 256 of 6144 pixels"),
            "\(other.messages)")
    }

    @Test func aMaskIsTurnedAsItsPictureIs() throws {
        try writePicture(orientation: 6)
        try layer("mask.png", width: 96, height: 64, square: (255, 255), rest: (255, 0))
        let refused = inpaint("mask.png")
        #expect(refused.code == 1 && refused.messages.contains("pass --mask-turn"))
        let run = inpaint("mask.png", "--mask-turn")
        #expect(run.code == 0 && run.objects[0].number("copiedPixels") == 256, "\(run.messages)")
        // Turned clockwise: rows become columns from the right.
        let (before, after) = (try folder.image("in.jpg"), try folder.image("out.png"))
        #expect(after.width == 64 && after.height == 96)
        guard case .eight(let old) = before.samples, case .eight(let new) = after.samples else {
            Issue.record("the depth has changed")
            return
        }
        let changed = Set(old.indices.filter { old[$0] != new[$0] }.map { $0 / 3 })
        #expect(!changed.isEmpty)
        for pixel in changed {
            #expect((24 ..< 40).contains(pixel / 64) && (28 ..< 44).contains(pixel % 64))
        }
    }

    /// A mask of the picture's size fits one that stands on its head both ways.
    @Test func aMaskThatFitsBothWaysGetsANote() throws {
        try writePicture(orientation: 3)
        try layer("mask.png", width: 96, height: 64, square: (255, 255), rest: (255, 0))
        let run = inpaint("mask.png")
        #expect(run.code == 0 && run.messages.contains("pass --mask-turn if it was painted"))
    }

    /// What is transparent by the mask is filled, and everything that is less than opaque counts as such.
    @Test(arguments: [("mask.png", "white", 200 as UInt8), ("in.png", "transparent", 255)])
    func whatIsFilledIsOpaque(mask: String, polarity: String, opacity: UInt8) throws {
        let noise = noisePicture(width: 96, height: 64)
        let alpha = (0 ..< 96 * 64).map { pixel -> UInt8 in
            (20 ..< 36).contains(pixel / 96) && (24 ..< 40).contains(pixel % 96) ? 0 : opacity
        }
        let erased = Image(
            width: 96, height: 64, colour: .rgb, samples: noise.samples, alpha: .eight(alpha))
        folder.write(try erased.encoded(as: .png), as: "in.png")
        folder.mask("mask.png", width: 96, height: 64, rows: 20 ..< 36, columns: 24 ..< 40)
        let run = tessera(
            "inpaint", folder.file("in.png"), "--mask", folder.file(mask), "--mask-polarity",
            polarity, "--method", "exemplar", "-o", folder.file("out.png"))
        #expect(run.code == 0, "\(run.messages)")
        #expect(
            try folder.image("out.png").alpha == .eight(alpha.map { $0 == 0 ? 255 : $0 }))
    }
}
