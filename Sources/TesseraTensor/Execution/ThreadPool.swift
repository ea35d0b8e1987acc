import CTesseraKernels

/// The threads of this process: one pool for everything, so that no two pools compete for a core.
public enum ThreadPool {
    /// Runs a closure once for each index, on all threads, and returns when all are done.
    ///
    /// Regions of about 50 microseconds pay. Indices are claimed in ascending order by whichever
    /// thread is free. A region inside another runs on its own thread alone, and so does a region
    /// that meets another caller's.
    ///
    /// - Parameters:
    ///   - count: The number of parts.
    ///   - body: Does the part of an index below `count`; parts write to separate memory.
    public static func run(count: Int, _ body: (Int) -> Void) {
        withoutActuallyEscaping(body) { escapable in
            var part = Part(body: escapable)
            withUnsafeMutablePointer(to: &part) { context in
                tessera_pool_run(
                    count,
                    { context, index in
                        context.assumingMemoryBound(to: Part.self).pointee.body(index)
                    }, context)
            }
        }
    }

    /// Runs a closure over ranges of one length that cover `0 ..< count`, on all threads.
    ///
    /// - Parameters:
    ///   - count: The number of elements, rows or positions.
    ///   - length: How many make a part; the last has fewer.
    ///   - body: Does a range; ranges write to separate memory.
    public static func run(over count: Int, by length: Int, _ body: (Range<Int>) -> Void) {
        run(count: (count + length - 1) / length) { part in
            body(part * length ..< min((part + 1) * length, count))
        }
    }

    /// Adds up what a closure finds in ranges that cover `0 ..< count`, on all threads.
    ///
    /// The ranges are the same for any number of threads, and so are the bits of the sum.
    ///
    /// - Parameters:
    ///   - count: The number of elements.
    ///   - body: Adds up a range.
    /// - Returns: The sum of the sums, in the order of the ranges.
    public static func sum(over count: Int, _ body: (Range<Int>) -> Double) -> Double {
        let parts = (count + elementsPerSum - 1) / elementsPerSum
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: parts) { sums in
            run(over: count, by: elementsPerSum) { range in
                sums.initializeElement(
                    at: range.lowerBound / elementsPerSum, to: body(range))
            }
            return sums.reduce(0, +)
        }
    }

    private static let elementsPerSum = 1 << 13

    private struct Part {
        let body: (Int) -> Void
    }

    /// Runs a closure over ranges that cover `0 ..< total`.
    ///
    /// Where the ranges end depends on the work alone and not on the number of threads.
    ///
    /// - Parameters:
    ///   - total: The number of units of work.
    ///   - granule: Ranges start at multiples of this many units.
    ///   - operationsPerUnit: The cost of a unit in multiply-adds; a number moved costs about six.
    ///   - body: Does a range.
    static func runRanges(
        total: Int, granule: Int = 1, operationsPerUnit: Int, _ body: (Range<Int>) -> Void
    ) {
        guard total > 0 else { return }
        let granules = (total + granule - 1) / granule
        let affordable = total * max(operationsPerUnit, 1) / operationsPerPart
        let parts = min(granules, max(1, min(affordable, maximumParts)))
        let size = (granules + parts - 1) / parts * granule
        run(over: total, by: size, body)
    }

    /// Runs a closure over blocks that cover rows and columns, for outputs that are the same in any block.
    ///
    /// A block has as many rows as can be, because each reads all weights of its columns.
    ///
    /// - Parameters:
    ///   - rows: The number of rows.
    ///   - columns: The number of columns.
    ///   - columnGranule: Blocks start at multiples of this many columns.
    ///   - operationsPerOutput: The cost of a row's column in multiply-adds.
    ///   - body: Does a block.
    static func runBlocks(
        rows: Int, columns: Int, columnGranule: Int, operationsPerOutput: Int,
        _ body: (_ rows: Range<Int>, _ columns: Range<Int>) -> Void
    ) {
        guard rows > 0, columns > 0 else { return }
        let affordable = rows * columns * max(operationsPerOutput, 1) / operationsPerPart
        let wanted = max(1, min(affordable, 8 * Processor.threadCount))
        let granules = (columns + columnGranule - 1) / columnGranule
        let width = (granules + wanted - 1) / wanted * columnGranule
        let across = (columns + width - 1) / width
        let down = max((rows + 255) / 256, min((wanted + across - 1) / across, (rows + 23) / 24))
        let height = (rows + down - 1) / down
        run(count: across * down) { part in
            let (row, column) = part.quotientAndRemainder(dividingBy: across)
            body(
                min(row * height, rows) ..< min((row + 1) * height, rows),
                column * width ..< min((column + 1) * width, columns))
        }
    }

    /// Runs a closure over blocks that cover Winograd's squares and panels of outputs.
    ///
    /// Squares are shared out, because each part evaluates the inputs of its squares; where they are too
    /// few for all threads, panels are too.
    ///
    /// - Parameters:
    ///   - squares: The number of squares.
    ///   - together: Blocks start at multiples of this many squares.
    ///   - panels: The number of panels of 16 outputs.
    ///   - inputCount: The number of input channels.
    ///   - body: Does a block.
    static func runSquares(
        _ squares: Int, together: Int, panels: Int, inputCount: Int,
        _ body: (_ squares: Range<Int>, _ panels: Range<Int>) -> Void
    ) {
        let affordable = max(1, squares * 36 * 16 * panels * inputCount / operationsPerPart)
        let most = squares >= 128 * Processor.threadCount ? 32 : 16
        let rows = max(1, min((squares + most - 1) / most, affordable, maximumParts))
        let across = min((Processor.threadCount + rows - 1) / rows, affordable, (panels + 2) / 3)
        let height = ((squares + rows - 1) / rows + together - 1) / together * together
        let width = ((panels + across - 1) / across + 2) / 3 * 3
        let columns = (panels + width - 1) / width
        run(count: (squares + height - 1) / height * columns) { part in
            let (row, column) = part.quotientAndRemainder(dividingBy: columns)
            body(
                row * height ..< min((row + 1) * height, squares),
                column * width ..< min((column + 1) * width, panels))
        }
    }

    /// About 20 microseconds of one core: less would be lost in handing out parts.
    private static let operationsPerPart = 1 << 20
    /// Enough for many cores to stay balanced, few enough for a part to reuse what it has read.
    private static let maximumParts = 64
}
