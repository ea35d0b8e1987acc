import TesseraCheckpoint
import TesseraFiles
import TesseraImage
import TesseraTensor
import Testing
import _TesseraTestSupport

/// An experiment stores its measurements, and measures what others make of them.
@Suite struct OtherProgramTests {
    let folder = TemporaryFolder()

    init() {
        folder.picture("in/a.png", width: 80, height: 72, seed: 1)
        folder.write(
            Array(
                """
                tasks: [inpaint-box, sr4, deblur-gaussian]
                noise: [0, 0.05]
                sheet: 1
                methods: [smooth, bicubic]
                """.utf8), as: "recipe.yaml")
    }

    func run(_ more: String...) -> Ran {
        tessera(
            ["experiment", folder.file("recipe.yaml"), folder.file("in"), "-o", folder.file("out")]
                + more)
    }

    /// Says that another program made a picture of a measurement.
    func write(rows: [String]) {
        folder.write(Array((rows.joined(separator: "\n") + "\n").utf8), as: "out/others/rows.jsonl")
    }

    let row = #"{"task":"sr4","seed":0,"method":"copy","picture":"a","seconds":1.5}"#

    @Test func measurementsAreThoseOfDegrade() throws {
        #expect(run("--save-measurements", "--quiet").code == 0)
        for (task, shape) in [
            ("sr4", [1, 18, 20, 3]), ("inpaint-box", [1, 72, 80, 3]),
            ("deblur-gaussian", [1, 72, 80, 3]),
        ] {
            let ran = tessera(
                "degrade", folder.file("in/a.png"), "--task", task, "--noise", "0.05", "-o",
                folder.file("\(task).png"), "--measurement-output", folder.file(task))
            #expect(ran.code == 0)
            let stored = try NumPyFile.read(
                folder.file("out/measurements/\(task)-noise-0.05/0/a.npy"))
            #expect(stored.shape == shape)
            #expect(stored.elements == (try NumPyFile.read(folder.file("\(task)/a.npy"))).elements)
        }
        let mask = try folder.image("out/measurements/inpaint-box/0/a-mask.png").mask().elements
        #expect(mask.count { $0 } == 64 * 64)
        let kernel = try NumPyFile.read(folder.file("out/measurements/deblur-gaussian/kernel.npy"))
        #expect(kernel.shape == [61, 61])
        let facts = try readBytes(
            path: folder.file("out/measurements/sr4-noise-0.05/task.json"), limit: 999)
        #expect(
            String(decoding: facts, as: UTF8.self)
                == #"{"task":"sr4","noise":0.05,"factor":4}"# + "\n")
    }

    @Test func whatOthersMadeIsMeasuredAndTabled() throws {
        folder.picture("out/others/sr4/0/copy/a.png", width: 80, height: 72, seed: 2)
        let foreign = row.replacing("sr4", with: "sr8")
        write(rows: [row, foreign, row.replacing("1.5", with: "2.5")])
        let done = run("--quiet")
        #expect(done.code == 0)
        #expect(done.messages == "")
        let line = try #require(done.text.split(separator: "\n").first { $0.contains("copy") })
        #expect(line.hasPrefix("| – | copy | – | 7."))
        #expect(line.hasSuffix(" | 2.5 |"))
        let sheet = try folder.image("out/sheet-sr4.png")
        #expect(sheet.width == 4 * (80 + 6) + 6)
        // Made anew, it is measured anew.
        let original = try readBytes(path: folder.file("in/a.png"), limit: 1 << 20)
        folder.write(original, as: "out/others/sr4/0/copy/a.png")
        #expect(run("--quiet").text.contains("| – | copy | – | – | – | 1.000 | 0.00"))
    }

    @Test func aPictureOfAnotherSizeIsRefused() {
        let path = folder.picture("out/others/sr4/0/copy/a.png", width: 40, height: 36)
        write(rows: [row])
        let refused = run("--quiet")
        #expect(refused.code == 1)
        #expect(
            refused.messages.contains(
                "\(path) has 40 x 36 pixels, but the picture has 80 x 72; make it anew"))
    }

    @Test(arguments: [
        (#"{"task":"sr4","seed":0,"method":"copy"}"#, "lacks one of 'task', 'seed', 'method' and"),
        ("{", "line 1: "), ("3", "line 1: it is no object"),
    ])
    func aLineThatIsNoneIsRefused(line: String, words: String) {
        write(rows: [line])
        let refused = run("--quiet")
        #expect(refused.code == 2)
        #expect(refused.messages.contains("rows.jsonl: "))
        #expect(refused.messages.contains(words))
    }
}
