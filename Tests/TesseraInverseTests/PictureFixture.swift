import Foundation
import Testing
import TesseraTensor

/// One picture, and what Pillow and scikit-image say about it.
struct PictureFixture: Decodable {
    struct Resampled: Decodable {
        let height: Int
        let width: Int
        let values: [Float]
    }

    let height: Int
    let width: Int
    let pixels: [Int]
    let other: [Int]
    let structuralSimilarity: Double
    let resampled: [Resampled]

    static func load() throws -> PictureFixture {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        let data = try Data(contentsOf: folder.appending(path: "picture.json"))
        return try JSONDecoder().decode(PictureFixture.self, from: data)
    }

    /// Turns 8-bit levels into pixels `[1, height, width, 3]` in [-1, 1].
    func picture(_ levels: [Int]) -> Tensor<Float> {
        Tensor(shape: [1, height, width, 3], elements: levels.map { Float($0) / 127.5 - 1 })
    }
}
