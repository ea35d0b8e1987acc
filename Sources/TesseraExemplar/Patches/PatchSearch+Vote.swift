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

    /// The cost that a part of the targets does not exceed.
    func costQuantile(_ part: Double) -> Float {
        var all: [Float] = []
        all.reserveCapacity(targetCount)
        for row in targetRows {
            for place in row where matches[Int(place)] >= 0 { all.append(costs[Int(place)]) }
        }
        guard !all.isEmpty else { return 0 }
        all.sort()
        return all[min(Int(part * Double(all.count)), all.count - 1)]
    }

    /// Estimates the hole: each pixel becomes the mean of what the patches around it match.
    ///
    /// Y. Wexler, E. Shechtman and M. Irani, "Space-Time Completion of Video", PAMI 2007.
    ///
    /// - Parameter scale: The cost at which a match counts 1 / e.
    func vote(scale: Float) {
        let votes = votes(scale: scale)
        let channels = PatchLevel.channels
        let width = grid.side * channels
        let estimates = Plane<Float>(count: holePixels.count * channels, repeating: 0)
        ThreadPool.run(over: holePixels.count, by: 256) { range in
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
        _ = width
        for (number, place) in holePixels.enumerated() {
            for c in 0 ..< (ExemplarFill.knob("fixT", 0) > 0 ? 3 : channels) {
                features[Int(place) * channels + c] = estimates[number * channels + c]
            }
        }
    }

    func copyPlaces(scale: Float) {
        let places = choosePlaces(scale: scale)
        let channels = PatchLevel.channels
        for (number, place) in holePixels.enumerated() where places[number] >= 0 {
            for c in 0 ..< (ExemplarFill.knob("fixT", 0) > 0 ? 3 : channels) {
                features[Int(place) * channels + c] = features[Int(places[number]) * channels + c]
            }
        }
    }

    /// Chooses for each pixel of the hole the one place that it is copied from.
    ///
    /// That is what most of the patches around it match, those of the middle more than those of the rim.
    ///
    /// - Parameter scale: The cost at which a match counts 1 / e.
    /// - Returns: For each of ``holePixels`` the place; below 0 if there is none.
    func choosePlaces(scale: Float) -> Plane<Int32> {
        let votes = votes(scale: scale)
        let places = Plane<Int32>(count: holePixels.count, repeating: -1)
        let deviation = max(ExemplarFill.knob("dev", 0.6) * Float(grid.radius), 0.7)
        let weights = (-grid.radius ... grid.radius).map {
            exp(-Float($0 * $0) / (2 * deviation * deviation))
        }
        ThreadPool.run(over: holePixels.count, by: 64) { range in
            var shifts: [Int] = []
            var sums: [Float] = []
            for number in range {
                let place = Int(holePixels[number])
                shifts.removeAll(keepingCapacity: true)
                sums.removeAll(keepingCapacity: true)
                for y in -grid.radius ... grid.radius {
                    for x in -grid.radius ... grid.radius {
                        let target = place + y * grid.stride + x
                        guard votes[target] > 0 else { continue }
                        let vote =
                            votes[target] * weights[y + grid.radius] * weights[x + grid.radius]
                        let shift = Int(matches[target]) - target
                        if let known = shifts.firstIndex(of: shift) {
                            sums[known] += vote
                        } else {
                            shifts.append(shift)
                            sums.append(vote)
                        }
                    }
                }
                guard let most = sums.indices.max(by: { sums[$0] < sums[$1] }) else { continue }
                places[number] = Int32(place + shifts[most])
            }
        }
        return places
    }
}
