import CTesseraKernels
import TesseraTensor

extension PatchSearch {
    /// The rows that one part goes through, each after the one before.
    private static let bandHeight = 16

    /// Looks once for better matches of all patches, in bands of rows.
    ///
    /// Each patch tries what its neighbours match, and places at random around its own match, near and far:
    /// C. Barnes et al., "PatchMatch: A Randomized Correspondence Algorithm for Structural Image Editing",
    /// SIGGRAPH 2009. The first row of a band sees its neighbours as they were before the sweep, so that
    /// the result is the same for any number of threads.
    ///
    /// - Parameters:
    ///   - number: Which sweep of this level it is; even ones go forth, odd ones back.
    ///   - random: The source of places.
    func sweep(_ number: Int, random: RandomSource) {
        let before = Plane<Int32>(count: grid.count, repeating: -1)
        before.values.update(from: matches.values, count: grid.count)
        let shift = number / 2 % 2 * PatchSearch.bandHeight / 2
        let bandCount = (grid.height + shift + PatchSearch.bandHeight - 1) / PatchSearch.bandHeight
        let kernels = Processor.kernels
        ThreadPool.run(count: bandCount) { band in
            let first = max(band * PatchSearch.bandHeight - shift, 0)
            let last = min((band + 1) * PatchSearch.bandHeight - shift, grid.height)
            let comparison = PatchComparison(self, kernels)
            if number % 2 == 0 {
                for row in first ..< last {
                    let above = row == first ? before : matches
                    for place in targetRows[row] {
                        comparison.improve(
                            Int(place), neighbours: (above, -grid.stride, -1), number, random)
                    }
                }
            } else {
                for row in (first ..< last).reversed() {
                    let below = row == last - 1 ? before : matches
                    for place in targetRows[row].reversed() {
                        comparison.improve(
                            Int(place), neighbours: (below, grid.stride, 1), number, random)
                    }
                }
            }
        }
    }
}
