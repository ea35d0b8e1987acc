public import TesseraTensor

/// A small part of a data set that has of everything: some of each of its bins.
///
/// Bins do not overlap and are made one after the other: into a bin goes, again and again, the picture x
/// of the rest with the highest gain Σ ‖f(p) - f(x)‖² over the bin, minus the same sum over the rest.
/// The first bins are what is common, the last ones what is rare, and each is diverse in itself. Of each
/// bin the same number is drawn at random. (D. Zhou et al., "Dataset Quantization", ICCV 2023, section 3,
/// on features f of a trained network; here of tokens.) Of many pictures, strata are dealt out at random
/// and binned on their own, since the time rises with the square of their size.
public struct DatasetQuantization: Sendable {
    /// The most pictures that are usually binned together.
    public static let usualStrataSize = 8192

    private let features: Tensor<Float>
    private let binCount: Int
    private let strataSize: Int
    private let seed: UInt64

    /// Prepares a selection.
    ///
    /// - Parameters:
    ///   - features: Shape `[pictures, features]`.
    ///   - binCount: The number of bins; 10 in the paper.
    ///   - strataSize: The most pictures that are binned together.
    ///   - seed: Decides about strata, and what is drawn of bins.
    public init(
        features: Tensor<Float>, binCount: Int = 10, strataSize: Int = usualStrataSize,
        seed: UInt64 = 0
    ) {
        precondition(features.shape.count == 2, "Features have the shape [pictures, features]")
        precondition(binCount > 0, "There is at least one bin, but \(binCount) were asked for")
        self.features = features
        self.binCount = binCount
        self.strataSize = strataSize
        self.seed = seed
    }

    /// Selects pictures.
    ///
    /// - Parameter count: How many; all of them if there are no more.
    /// - Returns: Their indices, rising; the same for any number of threads.
    /// - Complexity: O(pictures · strataSize · features), strata on all threads.
    public func selection(count: Int) -> [Int] {
        let pictures = features.shape[0]
        guard count < pictures else { return Array(0 ..< pictures) }
        let order = shuffled(Array(0 ..< pictures), draw: 0)
        let strataCount = (pictures + strataSize - 1) / strataSize
        let strata = (0 ..< strataCount).map { stratum in
            order[pictures * stratum / strataCount ..< pictures * (stratum + 1) / strataCount]
                .sorted()
        }
        var bins = [[[Int]]](repeating: [], count: strataCount)
        bins.withUnsafeMutableBufferPointer { bins in
            nonisolated(unsafe) let bins = bins
            ThreadPool.run(count: strataCount) { bins[$0] = self.bins(of: strata[$0]) }
        }
        // What is drawn so far is always the part of the count that its bins are of the whole.
        var seen = 0
        var selected: [Int] = []
        for (place, bin) in bins.joined().enumerated() {
            seen += bin.count
            let share = count * seen / pictures - selected.count
            selected += shuffled(bin, draw: place + 1).prefix(share)
        }
        return selected.sorted()
    }

    /// The bins of some pictures, those made first in front.
    ///
    /// - Parameter pictures: Indices, rising.
    /// - Returns: The same indices, each in one bin.
    package func bins(of pictures: [Int]) -> [[Int]] {
        var rest = Remainder(features, pictures)
        let binCount = min(self.binCount, pictures.count)
        return (0 ..< binCount).map { bin in
            rest.begin()
            let end = pictures.count * (bin + 1) / binCount
            return (pictures.count * bin / binCount ..< end).map { _ in rest.removeBest() }
        }
    }

    private func shuffled(_ indices: [Int], draw: Int) -> [Int] {
        let random = RandomSource(seed: seed)
        var indices = indices
        for place in indices.indices.dropFirst().reversed() {
            let bits = random.bits(step: draw, position: place)
            let word = UInt64(bits.x) << 32 | UInt64(bits.y)
            indices.swapAt(place, Int(word.multipliedFullWidth(by: UInt64(place + 1)).high))
        }
        return indices
    }
}

/// The pictures that are in no bin yet, with what each would gain the bin that is being made.
private struct Remainder {
    private let features: [[Float]]  // Feature by feature, so that one is a row of all pictures.
    private var places: [Int]
    private var gains: [Double]
    private let pictures: [Int]
    private var distances: [Float]

    init(_ features: Tensor<Float>, _ pictures: [Int]) {
        let width = features.shape[1]
        self.pictures = pictures
        self.features = features.withUnsafeBuffer { values in
            (0 ..< width).map { feature in pictures.map { values[$0 * width + feature] } }
        }
        places = Array(pictures.indices)
        gains = Array(repeating: 0, count: pictures.count)
        distances = Array(repeating: 0, count: pictures.count)
    }

    /// Begins a bin: each picture loses its distances from all others that are left.
    mutating func begin() {
        // Σ_p ‖f(p) - f(x)‖² = n ‖f(x)‖² - 2 f(x) · Σ f(p) + Σ ‖f(p)‖²
        let count = Double(places.count)
        var losses = [Double](repeating: 0, count: pictures.count)
        var squareSum = 0.0
        for row in features {
            var sum = 0.0
            for place in places {
                sum += Double(row[place])
                squareSum += Double(row[place]) * Double(row[place])
            }
            for place in places {
                let value = Double(row[place])
                losses[place] += count * value * value - 2 * value * sum
            }
        }
        for place in places { gains[place] = -losses[place] - squareSum }
    }

    /// Puts the picture with the highest gain, the first of equals, into the bin.
    mutating func removeBest() -> Int {
        var best = 0
        for index in places.indices where gains[places[index]] > gains[places[best]] {
            best = index
        }
        let chosen = places.remove(at: best)
        addDistances(from: chosen)
        return pictures[chosen]
    }

    /// What goes from the rest to the bin is no longer lost but gained.
    private mutating func addDistances(from chosen: Int) {
        distances.withUnsafeMutableBufferPointer { distances in
            distances.update(repeating: 0)
            for row in features {
                row.withUnsafeBufferPointer { row in
                    let value = row[chosen]
                    for place in distances.indices {
                        let difference = row[place] - value
                        distances[place] += difference * difference
                    }
                }
            }
        }
        for place in places { gains[place] += 2 * Double(distances[place]) }
    }
}
