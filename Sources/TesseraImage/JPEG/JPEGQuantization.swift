/// How coarsely a JPEG stores a picture: the steps of its cosine coefficients, and where colours are kept.
///
/// Source: ITU-T T.81 (1992), annexes A and B.2.4.1.
public struct JPEGQuantization: Sendable, Hashable {
    /// How many colour differences are kept for a square of 2 × 2 pixels.
    public enum Subsampling: Sendable, Hashable {
        /// One of each for every pixel (4:4:4).
        case none

        /// One of each for the whole square (4:2:0).
        case half

        /// Any other number, such as one for two pixels of a row (4:2:2).
        case other
    }

    /// The steps of luma's 64 coefficients, row by row, low frequencies first.
    public let luminance: [UInt16]

    /// Those of both colour differences; none in a gray picture.
    public let chrominance: [UInt16]?

    /// Where colour differences are kept.
    public let subsampling: Subsampling
}

extension JPEGFile {
    /// The quantization of the picture as it stands upright.
    ///
    /// - Parameter orientation: How the stored picture is turned.
    /// - Returns: None for inks and stored RGB, for differences with unlike tables, where a table is
    ///   missing, and where turning puts blocks elsewhere than at multiples of their side.
    func quantization(turnedBy orientation: Orientation) -> JPEGQuantization? {
        let components = self.components
        guard components.count == frame.componentCount, [1, 3].contains(components.count),
            components.count == 1 || !storesRGB(components.map(\.identifier))
        else { return nil }
        let tables = self.tables
        let steps = components.map { tables[$0.table] }
        guard let luminance = steps[0], components.count == 1 || (steps[1] == steps[2]) else {
            return nil
        }
        let sampling = components.map(\.sampling)
        let subsampling: JPEGQuantization.Subsampling =
            switch sampling {
            case _ where sampling.count == 1, [0x11, 0x11, 0x11]: .none
            case [0x22, 0x11, 0x11]: .half
            default: .other
            }
        let side = subsampling == .none ? 8 : 16
        guard orientation == .upright || (frame.width % side == 0 && frame.height % side == 0)
        else { return nil }
        let chrominance = components.count == 1 ? nil : steps[1]
        guard components.count == 1 || chrominance != nil else { return nil }
        func turned(_ table: [UInt16]) -> [UInt16] {
            orientation.swapsSides ? (0 ..< 64).map { table[$0 % 8 * 8 + $0 / 8] } : table
        }
        return JPEGQuantization(
            luminance: turned(luminance), chrominance: chrominance.map(turned),
            subsampling: subsampling)
    }

    /// Whether three components are red, green and blue, as libjpeg tells: JFIF files store luma and
    /// colour differences, Adobe's marker names the colours, and else the components' names do.
    private func storesRGB(_ identifiers: [Int]) -> Bool {
        func content(_ code: UInt8, _ name: String) -> ArraySlice<UInt8>? {
            segments.lazy.filter { $0.code == code }.map { self.bytes[$0.range] }
                .first { $0.starts(with: name.utf8) }
        }
        if content(0xE0, "JFIF\0") != nil { return false }
        if let adobe = content(0xEE, "Adobe"), adobe.count >= 12 {
            return adobe[adobe.startIndex + 11] == 0
        }
        return identifiers == "RGB".utf8.map(Int.init)
    }

    /// What the frame header says of each component.
    private var components: [(identifier: Int, sampling: Int, table: Int)] {
        guard let segment = segments.first(where: { $0.code == frame.code }) else { return [] }
        let reader = ByteReader(bytes[segment.range])
        return (0 ..< frame.componentCount).compactMap { index in
            guard let identifier = reader.uint8(at: 6 + 3 * index),
                let sampling = reader.uint8(at: 7 + 3 * index),
                let table = reader.uint8(at: 8 + 3 * index)
            else { return nil }
            return (identifier, sampling, table)
        }
    }

    /// The tables before the first scan by their numbers, row by row.
    private var tables: [Int: [UInt16]] {
        var tables: [Int: [UInt16]] = [:]
        for segment in segments where segment.code == 0xDB {
            let reader = ByteReader(bytes[segment.range])
            var offset = 0
            while let head = reader.uint8(at: offset) {
                let isWide = head >> 4 != 0
                var table = [UInt16](repeating: 0, count: 64)
                for (index, place) in Self.zigzag.enumerated() {
                    let step =
                        isWide
                        ? reader.uint16(at: offset + 1 + 2 * index)
                        : reader.uint8(at: offset + 1 + index)
                    guard let step, step > 0 else { return tables }
                    table[place] = UInt16(step)
                }
                tables[head & 15] = table
                offset += isWide ? 129 : 65
            }
        }
        return tables
    }

    /// The places of coefficients in the order in which a table lists them.
    private static let zigzag: [Int] = (0 ..< 64).sorted { first, second in
        func key(_ place: Int) -> (Int, Int) {
            let diagonal = place / 8 + place % 8
            // Even diagonals rise to the right.
            return (diagonal, diagonal % 2 == 0 ? place % 8 : place / 8)
        }
        return key(first) < key(second)
    }
}
