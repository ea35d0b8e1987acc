import TesseraCheckpoint
import TesseraPerception
import TesseraTensor
import Testing
import _TesseraTestSupport

/// The network gives what PyTorch gives; the file comes from Tests/Tools/make-fixtures.py.
///
/// The tolerance is the project's for parity, 1e-4 of the largest number.
@Suite struct PerceptualDistanceTests {
    let file: SafetensorsFile
    let network: SqueezeNetFeatures
    let a: Tensor<Float>
    let b: Tensor<Float>

    init() throws {
        file = try SafetensorsFile(path: narrowSqueezeNetPath)
        network = try SqueezeNetFeatures(from: file)
        a = try file.tensor("a", shape: [1, 54, 47, 3])
        b = try file.tensor("b", shape: [1, 54, 47, 3])
    }

    @Test func featuresMatch() throws {
        let features = network(a)
        #expect(features.map(\.shape) == [[1, 12, 11, 11], [1, 5, 5, 11], [1, 2, 2, 11]])
        for (tap, found) in zip(SqueezeNetFeatures.taps, features) {
            let expected = try file.tensor("tap\(tap)", shape: found.shape)
            #expect(relativeDifference(found, expected) < 1e-4)
        }
    }

    @Test func theDistanceMatches() throws {
        let expected = Double(try file.tensor("distance", shape: [1]).elements[0])
        let found = try #require(PerceptualDistance(network)(a, b))
        #expect(abs(found - expected) < 1e-4 * expected)
    }

    @Test func aPictureIsNoneFromItselfAndAsFarBothWays() throws {
        let distance = PerceptualDistance(network)
        #expect(distance(a, a) == 0)
        let there = try #require(distance(a, b))
        #expect(there > 0 && there < 2)
        #expect(distance(b, a) == there)
    }

    /// Rows beside each other are summed in the same order; Winograd's squares of 4 x 4 begin elsewhere,
    /// which changes sums by some 1e-7 of the largest.
    @Test(arguments: [16, 48, 112], [240, 301])
    func bandsGiveWhatTheWholeGives(bandHeight: Int, height: Int) throws {
        let shape = [1, height, 40, 3]
        let (a, b) = (randomTensor(shape, seed: 1), randomTensor(shape, seed: 2))
        let whole = try #require(PerceptualDistance(network)(a, b))
        var asked: [Int] = []
        let banded = PerceptualDistance(network, bandHeight: bandHeight)(height: height, width: 40)
        {
            rows in
            asked.append(rows.count)
            func part(_ x: Tensor<Float>) -> Tensor<Float> {
                Tensor(
                    shape: [1, rows.count, 40, 3],
                    elements: Array(
                        x.elements[rows.lowerBound * 120 ..< rows.upperBound * 120]))
            }
            return (part(a), part(b))
        }
        #expect(asked.count > 1)
        #expect(abs(try #require(banded) - whole) < 1e-5 * whole)
    }

    @Test func aPictureTooSmallForTheNetworkHasNone() throws {
        let distance = PerceptualDistance(network)
        let least = SqueezeNetFeatures.minimumSide
        for (height, width) in [(least - 1, 60), (60, least - 1)] {
            let small = randomTensor([1, height, width, 3], seed: 3)
            #expect(distance(small, small) == nil)
        }
        let enough = randomTensor([1, least, least, 3], seed: 4)
        #expect(distance(enough, enough) == 0)
    }

    @Test func aFileOfSomethingElseIsRefused() throws {
        let path = tinyModelPath + "/tokenizer.safetensors"
        #expect {
            try PerceptualDistance(contentsOf: path)
        } throws: {
            "\($0)".hasPrefix("\(path): tensor 'conv1.weight' is missing among the ")
        }
    }
}
