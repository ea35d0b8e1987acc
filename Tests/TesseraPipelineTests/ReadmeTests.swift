import TesseraCheckpoint
import TesseraImage
import TesseraInverse
import TesseraPipeline
import Testing
import _TesseraTestSupport

// The example of README.md, so that it compiles; the test below compares the two.
// begin
func withoutTheStranger(_ path: String) throws -> Image {
    let model = try Model(ShippedModels().best(withPrior: true), needsPrior: true)
    let photo = try Image(contentsOf: path)
    let hole = PixelMask(
        height: photo.height, width: photo.width, rows: 40 ..< 120, columns: 64 ..< 128)
    return model.inpaint(photo, hole: hole).result().image
}
// end

@Suite struct ReadmeTests {
    @Test func theExampleOfTheReadmeIsTheOneThatCompiles() throws {
        let readme = lines(of: "README.md")
        let start = try #require(readme.firstIndex(of: "```swift"))
        let block = readme[(start + 1)...].prefix { $0 != "```" }
        let example = block.filter { !$0.hasPrefix("import ") }.drop(while: \.isEmpty)
        let here = lines(of: #filePath)
        let begin = try #require(here.firstIndex(of: "// begin"))
        #expect(Array(example) == Array(here[(begin + 1)...].prefix { $0 != "// end" }))
        for line in block where line.hasPrefix("import ") { #expect(here.contains(line)) }
    }

    @Test func theExampleFailsWithASentenceWhereNoPictureIs() {
        #expect(throws: (any Error).self) { try withoutTheStranger("/nowhere/picture.png") }
    }
}
