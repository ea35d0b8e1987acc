import Glibc

/// What can be added up over grids: pictures, pixels, positions, and how often each code occurs.
public struct GridSums: Hashable, Sendable {
    /// The number of pictures.
    public private(set) var itemCount = 0

    /// The number of their pixels.
    public private(set) var pixelCount = 0

    /// The number of positions of their grids.
    public private(set) var positionCount = 0

    /// How often each code occurs, slot by slot.
    public private(set) var codeCounts: [[Int]]

    init(itemCount: Int, pixelCount: Int, positionCount: Int, codeCounts: [[Int]]) {
        self.itemCount = itemCount
        self.pixelCount = pixelCount
        self.positionCount = positionCount
        self.codeCounts = codeCounts
    }

    /// Sums over grids.
    init(of grids: [StoredGrid], vocabulary: [Int]) {
        codeCounts = vocabulary.map { [Int](repeating: 0, count: $0) }
        let size = vocabulary.allSatisfy { $0 <= 256 } ? 1 : 2
        for grid in grids {
            itemCount += 1
            pixelCount += grid.item.width * grid.item.height
            positionCount += grid.positionCount
            let codes = grid.bytes.withUnsafeBytes {
                TesseraDataset.codes(in: $0, bytesPerCode: size)
            }
            for (place, code) in codes.enumerated() {
                codeCounts[place % vocabulary.count][Int(code)] += 1
            }
        }
    }

    /// Adds other sums.
    mutating func add(_ other: GridSums) {
        itemCount += other.itemCount
        pixelCount += other.pixelCount
        positionCount += other.positionCount
        for (slot, counts) in other.codeCounts.enumerated() where slot < codeCounts.count {
            for (code, count) in counts.enumerated() where code < codeCounts[slot].count {
                codeCounts[slot][code] += count
            }
        }
    }

    /// The part of each slot's codes that occur, in [0, 1].
    public var usage: [Double] {
        codeCounts.map { Double($0.count { $0 > 0 }) / Double(max($0.count, 1)) }
    }

    /// The bits of all codes of a position for each pixel that it stands for; 0 without a picture.
    public var bitsPerPixel: Double {
        let bits = codeCounts.reduce(0.0) { $0 + log2(Double($1.count)) }
        return Double(positionCount) * bits / Double(max(pixelCount, 1))
    }
}
