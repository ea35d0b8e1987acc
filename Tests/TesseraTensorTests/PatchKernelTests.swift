import CTesseraKernels
import Testing

import TesseraTensor
import _TesseraTestSupport

@Suite struct PatchKernelTests {
    /// A patch, its weights with zeros where rows are filled up, and where others lie in an image.
    private struct Example {
        let rows: Int
        let width: Int
        let stride: Int
        var patch: [Float]
        let weights: [Float]
        let image: [Float]
        let starts: [Int]

        init(rows: Int, width: Int, count: Int) {
            (self.rows, self.width) = (rows, width)
            // Patches overlap, and begin anywhere.
            let stride = width + 7
            self.stride = stride
            patch = randomTensor([rows * width], seed: 1).elements
            weights = randomTensor([rows * width], seed: 2).elements.enumerated().map {
                $0 % width < width - width / 5 ? abs($1) : 0
            }
            image = randomTensor([(rows + 4) * stride + width], seed: 3).elements
            starts = (0 ..< count).map { $0 * 37 % (4 * stride) }
        }

        /// The distances of patches, those of others left at -1.
        func distances(_ range: Range<Int>, on level: InstructionSet) -> [Float] {
            var distances = [Float](repeating: -1, count: starts.count)
            patch.withUnsafeBufferPointer { patch in
                weights.withUnsafeBufferPointer { weights in
                    image.withUnsafeBufferPointer { image in
                        starts.withUnsafeBufferPointer { starts in
                            distances.withUnsafeMutableBufferPointer { distances in
                                guard let patch = patch.baseAddress,
                                    let weights = weights.baseAddress,
                                    let image = image.baseAddress, let starts = starts.baseAddress,
                                    let distances = distances.baseAddress
                                else { return }
                                var job = TesseraPatches(
                                    patch: patch, weights: weights, image: image, starts: starts,
                                    distances: distances, rows: rows, width: width,
                                    imageStride: stride)
                                on(level) {
                                    Processor.kernels.patches(
                                        &job, range.lowerBound, range.upperBound)
                                }
                            }
                        }
                    }
                }
            }
            return distances
        }
    }

    @Test(arguments: levels, Array(stride(from: 16, through: 96, by: 16)))
    func distancesAreThoseOfTheSlowTwin(level: InstructionSet, width: Int) {
        for rows in 1 ... 11 {
            for count in 1 ... 9 {
                let example = Example(rows: rows, width: width, count: count)
                let fast = example.distances(0 ..< count, on: level)
                let slow = example.distances(0 ..< count, on: .reference)
                // Each is a sum of positive numbers over another, and each sum rounds at most once for each.
                let tolerance = 2 * Float(rows * width + 4) * 0x1p-24
                for (fast, slow) in zip(fast, slow) {
                    #expect(abs(fast - slow) <= 2 * tolerance * slow)
                }
            }
        }
    }

    @Test(arguments: levels + [.reference])
    func distancesAreThoseOfTheDefinition(level: InstructionSet) {
        let example = Example(rows: 5, width: 32, count: 3)
        for (number, distance) in example.distances(0 ..< 3, on: level).enumerated() {
            var (sum, weights) = (0.0, 0.0)
            for i in 0 ..< 5 * 32 {
                let value = example.image[example.starts[number] + i / 32 * example.stride + i % 32]
                let difference = Double(example.patch[i]) - Double(value)
                sum += Double(example.weights[i]) * difference * difference
                weights += Double(example.weights[i])
            }
            // Two sums of 160 positive floats.
            #expect(abs(Double(distance) - sum / weights) <= 2 * 164 * 0x1p-24 * sum / weights)
        }
    }

    @Test(arguments: levels + [.reference])
    func onlyTheGivenPatchesAreWrittenAndNoOtherChangesThem(level: InstructionSet) {
        let example = Example(rows: 11, width: 64, count: 9)
        let all = example.distances(0 ..< 9, on: level)
        for first in 0 ... 9 {
            for last in first ... 9 {
                let part = example.distances(first ..< last, on: level)
                #expect(
                    part.enumerated().allSatisfy {
                        $1 == ((first ..< last).contains($0) ? all[$0] : -1)
                    })
            }
        }
    }

    @Test(arguments: levels + [.reference])
    func aPatchHasNoDistanceFromItself(level: InstructionSet) {
        var example = Example(rows: 4, width: 16, count: 6)
        example.patch = (0 ..< 4 * 16).map { i in
            example.image[example.starts[5] + i / 16 * example.stride + i % 16]
        }
        let distances = example.distances(0 ..< 6, on: level)
        #expect(distances[5] == 0 && distances[..<5].allSatisfy { $0 > 0 })
    }
}
