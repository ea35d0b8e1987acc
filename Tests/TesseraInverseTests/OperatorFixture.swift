import Foundation
import Testing
import TesseraTensor

/// One picture, and what numpy, scipy and Pillow say that operators make of it.
struct OperatorFixture: Decodable {
    let height: Int
    let width: Int
    let pixels: [Int]
    let motionKernel: [Float]
    let gaussianLine: [Float]
    let results: [String: [Float]]

    static func load() throws -> OperatorFixture {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        let data = try Data(contentsOf: folder.appending(path: "operators.json"))
        return try JSONDecoder().decode(OperatorFixture.self, from: data)
    }

    /// The picture, of shape `[1, height, width, 3]` in [-1, 1].
    var picture: Tensor<Float> {
        Tensor(shape: [1, height, width, 3], elements: pixels.map { Float($0) / 127.5 - 1 })
    }
}
