/// How a stored picture must be turned to stand upright: tag 274 of EXIF.
///
/// Source: CIPA DC-008 (EXIF 2.32), section 4.6.4, "Orientation".
public enum Orientation: Int, Sendable, CaseIterable {
    /// Stored upright.
    case upright = 1

    /// Mirrored left to right.
    case mirrored = 2

    /// Turned by 180 degrees.
    case halfTurn = 3

    /// Mirrored top to bottom.
    case flipped = 4

    /// Mirrored along the diagonal that falls to the right.
    case transposed = 5

    /// To be turned by 90 degrees clockwise.
    case quarterTurn = 6

    /// Mirrored along the diagonal that rises to the right.
    case transverse = 7

    /// To be turned by 90 degrees counterclockwise.
    case threeQuarterTurn = 8

    /// Whether width and height change places.
    public var swapsSides: Bool { rawValue >= 5 }

    /// Where the first sample of an upright picture is stored, and how far apart its neighbours are.
    ///
    /// - Parameters:
    ///   - width: The stored width.
    ///   - height: The stored height.
    /// - Returns: The index of the stored pixel that comes first, and the steps between the stored
    ///   pixels of two columns and of two rows of the upright picture.
    func steps(width: Int, height: Int) -> (first: Int, column: Int, row: Int) {
        let right = width - 1
        let bottom = (height - 1) * width
        return switch self {
        case .upright: (0, 1, width)
        case .mirrored: (right, -1, width)
        case .halfTurn: (bottom + right, -1, -width)
        case .flipped: (bottom, 1, -width)
        case .transposed: (0, width, 1)
        case .quarterTurn: (bottom, -width, 1)
        case .transverse: (bottom + right, -width, -1)
        case .threeQuarterTurn: (right, width, -1)
        }
    }
}

extension Orientation {
    /// Finds the orientation in EXIF data.
    ///
    /// **Edge cases:** upright for data that is damaged, has no such tag, or a value from outside 1...8:
    /// what is wrong with the EXIF of a picture is no reason not to show it.
    ///
    /// - Parameter exif: A TIFF structure, perhaps after the six bytes `Exif\0\0`.
    init(exif: ArraySlice<UInt8>) {
        self = Self.find(in: exif) ?? .upright
    }

    private static func find(in exif: ArraySlice<UInt8>) -> Orientation? {
        let prefix: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0, 0]
        let tiff = ByteReader(exif.starts(with: prefix) ? exif.dropFirst(6) : exif)
        let isLittleEndian: Bool
        switch tiff.uint16(at: 0, littleEndian: false) {
        case 0x4949: isLittleEndian = true
        case 0x4D4D: isLittleEndian = false
        default: return nil
        }
        guard tiff.uint16(at: 2, littleEndian: isLittleEndian) == 42,
            let directory = tiff.uint32(at: 4, littleEndian: isLittleEndian),
            let entryCount = tiff.uint16(at: directory, littleEndian: isLittleEndian)
        else { return nil }
        for entry in 0 ..< entryCount {
            let offset = directory + 2 + 12 * entry
            guard let tag = tiff.uint16(at: offset, littleEndian: isLittleEndian) else {
                return nil
            }
            guard tag == 274 else { continue }
            let isShort = tiff.uint16(at: offset + 2, littleEndian: isLittleEndian) == 3
            let value = tiff.uint16(at: offset + 8, littleEndian: isLittleEndian)
            return isShort ? value.flatMap(Orientation.init(rawValue:)) : nil
        }
        return nil
    }
}
