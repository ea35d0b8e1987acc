import CTesseraKernels
package import TesseraTensor

extension PatchSearch {
    /// The rows that one part goes through, each after the one before.
    private static let bandHeight = 16

    /// The fewest targets that make a part of a sweep: some tenths of a second of one core.
    private static let targetsPerPart = 1 << 16

    /// Looks once for better matches of all patches, in bands of rows.
    ///
    /// - Parameters:
    ///   - number: Which sweep of this level it is; even ones go forth, odd ones back.
    ///   - random: The source of places.
    package func sweep(_ number: Int, random: RandomSource) {
        for part in sweeping(number, random: random) { part() }
    }

    /// Looks once for better matches of all patches, in bands of rows, and bands in parts.
    ///
    /// Each patch tries what its neighbours match, and places at random around its own match, near and far:
    /// C. Barnes et al., "PatchMatch: A Randomized Correspondence Algorithm for Structural Image Editing",
    /// SIGGRAPH 2009. The first row of a band sees its neighbours as they were before the sweep, so that
    /// the result is the same for any number of threads.
    ///
    /// - Parameters:
    ///   - number: Which sweep of this level it is; even ones go forth, odd ones back.
    ///   - random: The source of places.
    /// - Returns: The parts, to be done before anything else changes matches.
    package func sweeping(_ number: Int, random: RandomSource) -> [() -> Void] {
        matchesBefore.values.update(from: matches.values, count: grid.count)
        let shift = number / 2 % 2 * PatchSearch.bandHeight / 2
        let bandCount = (grid.height + shift + PatchSearch.bandHeight - 1) / PatchSearch.bandHeight
        let bands = (0 ..< bandCount).map { band in
            max(band * PatchSearch.bandHeight - shift, 0)
                ..< min(
                    (band + 1) * PatchSearch.bandHeight - shift, grid.height)
        }
        var parts: [() -> Void] = []
        var (first, targetCount) = (0, 0)
        for (band, rows) in bands.enumerated() {
            targetCount += rows.reduce(0) { $0 + targetRows[$1].count }
            let isEnough =
                targetCount >= PatchSearch.targetsPerPart
                && band + 1 - first >= Processor.threadCount
            guard isEnough || band + 1 == bandCount else { continue }
            let part = bands[first ... band]
            parts.append { [self] in sweep(part, number, random) }
            (first, targetCount) = (band + 1, 0)
        }
        return parts
    }

    /// Looks for better matches in some bands.
    private func sweep(_ bands: ArraySlice<Range<Int>>, _ number: Int, _ random: RandomSource) {
        let kernels = Processor.kernels
        ThreadPool.run(count: bands.count) { index in
            let band = bands[bands.startIndex + index]
            let comparison = PatchComparison(self, kernels)
            if number % 2 == 0 {
                for row in band {
                    let above = row == band.lowerBound ? matchesBefore : matches
                    for place in targetRows[row] {
                        comparison.improve(
                            Int(place), neighbours: (above, -grid.stride, -1), number, random)
                    }
                }
            } else {
                for row in band.reversed() {
                    let below = row == band.upperBound - 1 ? matchesBefore : matches
                    for place in targetRows[row].reversed() {
                        comparison.improve(
                            Int(place), neighbours: (below, grid.stride, 1), number, random)
                    }
                }
            }
        }
    }
}
