import Glibc
import TesseraTensor

extension PatchSearch {
    /// Begins with the matches of the level of half the size.
    func startMatches(from coarse: PatchSearch) {
        for (y, row) in targetRows.enumerated() {
            for place in row {
                let x = Int(place) - grid.index(y, 0)
                let parent = coarse.grid.index(
                    min(y / 2, coarse.grid.height - 1), min(x / 2, coarse.grid.width - 1))
                guard coarse.matches[parent] >= 0 else { continue }
                let match = coarse.grid.pixel(Int(coarse.matches[parent]))
                let candidate = grid.index(
                    min(2 * match.row + y % 2, grid.height - 1),
                    min(2 * match.column + x % 2, grid.width - 1))
                if isSource[candidate] { matches[Int(place)] = Int32(candidate) }
            }
        }
    }

    /// Begins with given matches.
    ///
    /// - Parameter places: A place for each target, row by row; below 0 for none.
    func startMatches(at places: [Int32]) {
        for (place, match) in zip(targetRows.joined(), places) { matches[Int(place)] = match }
    }

    /// What the match of each target counts where patches overlap.
    ///
    /// - Parameter scale: The cost at which a match counts 1 / e; infinite for all alike.
    /// - Returns: 0 where there is no match.
    private func votes(scale: Float) -> Plane<Float> {
        let votes = Plane<Float>(count: grid.count, repeating: 0)
        for row in targetRows {
            for place in row where matches[Int(place)] >= 0 {
                votes[Int(place)] = confidences[Int(place)] * exp(-costs[Int(place)] / scale)
            }
        }
        return votes
    }

    /// The cost that three fifths of the targets do not exceed.
    private var usualCost: Float {
        var all: [Float] = []
        all.reserveCapacity(targetCount)
        for row in targetRows {
            for place in row where matches[Int(place)] >= 0 { all.append(costs[Int(place)]) }
        }
        all.sort()
        return max(all.isEmpty ? 0 : all[all.count * 3 / 5], 0.2)
    }

    /// The pixels of the hole that make a part of a vote: less than a tenth of a second of one core.
    private static let pixelsPerPart = 1 << 16

    /// Work on all pixels of the hole, in parts.
    ///
    /// - Parameters:
    ///   - length: How many pixels a thread takes at a time.
    ///   - body: Does a range of ``holePixels``; ranges write to separate memory.
    /// - Returns: The parts.
    private func overHole(by length: Int, _ body: @escaping (Range<Int>) -> Void) -> [() -> Void] {
        stride(from: 0, to: holePixels.count, by: PatchSearch.pixelsPerPart).map { first in
            let count = min(PatchSearch.pixelsPerPart, holePixels.count - first)
            return {
                ThreadPool.run(over: count, by: length) {
                    body(first + $0.lowerBound ..< first + $0.upperBound)
                }
            }
        }
    }

    /// Estimates the hole, in parts: each pixel becomes the mean of what the patches around it match.
    ///
    /// Y. Wexler, E. Shechtman and M. Irani, "Space-Time Completion of Video", PAMI 2007.
    func averaging() -> [() -> Void] {
        let votes = votes(scale: .infinity)
        let channels = PatchLevel.channels
        let estimates = Plane<Float>(count: holePixels.count * channels, repeating: 0)
        let parts = overHole(by: 256) { [self] range in
            for number in range {
                let place = Int(holePixels[number])
                let estimate = estimates.values + number * channels
                var sum: Float = 0
                for step in -grid.radius ... grid.radius {
                    let middle = place + step * grid.stride
                    for target in middle - grid.radius ... middle + grid.radius
                    where votes[target] > 0 {
                        let source =
                            features.values + (Int(matches[target]) + place - target) * channels
                        let vote = votes[target]
                        sum += vote
                        for c in 0 ..< channels { estimate[c] += vote * source[c] }
                    }
                }
                for c in 0 ..< channels {
                    estimate[c] =
                        sum > 0 ? estimate[c] / sum : features[place * channels + c]
                }
            }
        }
        return parts + [
            { [self] in
                for (number, place) in holePixels.enumerated() {
                    for c in 0 ..< channels {
                        features[Int(place) * channels + c] = estimates[number * channels + c]
                    }
                }
            }
        ]
    }

    /// Estimates the hole, all at once, as ``copying()`` does.
    package func copy() {
        for part in copying() { part() }
    }

    /// Estimates the hole, in parts: each pixel becomes the one that most patches around it match.
    ///
    /// Means of several matches would be smoother than any, and draw smoother ones.
    package func copying() -> [() -> Void] {
        let (places, parts) = choosing()
        return parts + [
            { [self] in
                count(places)
                let channels = PatchLevel.channels
                for (number, place) in holePixels.enumerated() where places[number] >= 0 {
                    (features.values + Int(place) * channels).update(
                        from: features.values + Int(places[number]) * channels, count: channels)
                }
            }
        ]
    }

    /// Counts how often each place is copied from.
    private func count(_ places: Plane<Int32>) {
        if let copied {
            for number in 0 ..< copied.count where copied[number] >= 0 {
                usage[Int(copied[number])] = 0
            }
        }
        for number in 0 ..< places.count where places[number] >= 0 {
            usage[Int(places[number])] += 1
        }
        copied = places
    }

    /// Chooses for each pixel of the hole the one place that it is copied from.
    ///
    /// That is what most of the patches around it match, those of the middle more than those of the rim.
    ///
    /// - Returns: For each of ``holePixels`` the place, below 0 if there is none; and the parts of the work
    ///   after which it stands there.
    func choosing() -> (places: Plane<Int32>, parts: [() -> Void]) {
        let votes = votes(scale: usualCost)
        let places = Plane<Int32>(count: holePixels.count, repeating: -1)
        let deviation = 2 * Float(grid.radius)
        let weights = Plane<Float>(count: grid.side, repeating: 0)
        for i in 0 ..< grid.side {
            let distance = Float(i - grid.radius) / deviation
            weights[i] = exp(-0.5 * distance * distance)
        }
        let parts = overHole(by: 64) { [self] range in
            let tally = ShiftTally(capacity: grid.side * grid.side)
            for number in range {
                let place = Int(holePixels[number])
                tally.clear()
                for y in -grid.radius ... grid.radius {
                    let middle = place + y * grid.stride
                    for x in -grid.radius ... grid.radius where votes[middle + x] > 0 {
                        let vote =
                            votes[middle + x] * weights[y + grid.radius] * weights[x + grid.radius]
                        tally.add(vote, to: matches[middle + x] - Int32(middle + x))
                    }
                }
                if tally.most.sum > 0 { places[number] = Int32(place) + tally.most.shift }
            }
        }
        return (places, parts)
    }
}
