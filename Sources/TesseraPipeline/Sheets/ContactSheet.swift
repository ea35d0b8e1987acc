public import TesseraImage

/// Pictures side by side in one, each with a label below it.
///
/// Cells are as large as the largest picture; a smaller one is enlarged by the largest whole factor
/// that fits, pixel by pixel, so that a reduced picture stands beside the one it was made from.
public struct ContactSheet: Sendable {
    /// A picture of the sheet.
    public struct Picture: Sendable {
        /// The picture; alpha is left out.
        public var image: Image

        /// What stands below it, in printable ASCII; other characters show as a box.
        public var label: String

        /// Puts a picture and its label together.
        ///
        /// - Parameters:
        ///   - image: The picture.
        ///   - label: What stands below it.
        public init(image: Image, label: String = "") {
            self.image = image
            self.label = label
        }
    }

    /// The most pixels of a contact sheet that is made.
    public static let maximumPixelCount = DecodingLimits().maximumPixelCount

    /// The width of the lines between cells, in pixels.
    public static let gap = 6

    private let pictures: [Picture]
    private let columnCount: Int

    /// Plans a sheet.
    ///
    /// - Parameters:
    ///   - pictures: The pictures in reading order, at least one.
    ///   - columnCount: The pictures of a row, at least 1.
    public init(pictures: [Picture], columnCount: Int) {
        precondition(!pictures.isEmpty, "A sheet needs a picture")
        precondition(columnCount >= 1, "A sheet needs a column, but got \(columnCount)")
        self.pictures = pictures
        self.columnCount = min(columnCount, pictures.count)
    }

    /// The side of the sheet's picture, before it is drawn.
    public var size: (width: Int, height: Int) {
        let rowCount = (pictures.count + columnCount - 1) / columnCount
        return (
            columnCount * (cellWidth + ContactSheet.gap) + ContactSheet.gap,
            rowCount * (cellHeight + labelHeight + ContactSheet.gap) + ContactSheet.gap
        )
    }

    /// The sheet, an RGB picture of 8 bits on white.
    public var image: Image {
        let (width, height) = size
        var canvas = Canvas(width: width, height: height)
        for (number, picture) in pictures.enumerated() {
            let (row, column) = number.quotientAndRemainder(dividingBy: columnCount)
            let left = ContactSheet.gap + column * (cellWidth + ContactSheet.gap)
            let top =
                ContactSheet.gap + row * (cellHeight + labelHeight + ContactSheet.gap)
            let image = picture.image
            let factor = max(min(cellWidth / image.width, cellHeight / image.height), 1)
            canvas.draw(
                image, left: left + (cellWidth - image.width * factor) / 2,
                top: top + (cellHeight - image.height * factor) / 2, factor: factor)
            let letters = picture.label.unicodeScalars.prefix(
                cellWidth / (Letters.advance * letterScale))
            let textWidth = letters.count * Letters.advance * letterScale
            canvas.write(
                String(String.UnicodeScalarView(letters)), left: left + (cellWidth - textWidth) / 2,
                top: top + cellHeight + 2 * letterScale, scale: letterScale)
        }
        return Image(
            width: width, height: height, colour: .rgb, samples: .eight(canvas.samples))
    }

    private var cellWidth: Int { pictures.map(\.image.width).max() ?? 1 }

    private var cellHeight: Int { pictures.map(\.image.height).max() ?? 1 }

    private var letterScale: Int { max(cellWidth / 192, 1) }

    private var labelHeight: Int {
        pictures.contains { !$0.label.isEmpty } ? (Letters.height + 4) * letterScale : 0
    }
}

/// Samples of an RGB picture that is drawn on.
private struct Canvas {
    let width: Int
    let height: Int
    var samples: [UInt8]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        samples = [UInt8](repeating: 255, count: width * height * 3)
    }

    /// Draws a picture with every pixel as a square of `factor`.
    mutating func draw(_ image: Image, left: Int, top: Int, factor: Int) {
        let channelCount = image.colour.channelCount
        let source = image.eightBitSamples
        for y in 0 ..< image.height * factor {
            var target = ((top + y) * width + left) * 3
            let row = y / factor * image.width
            for x in 0 ..< image.width * factor {
                let pixel = (row + x / factor) * channelCount
                for channel in 0 ..< 3 {
                    samples[target] = source[pixel + (channelCount == 3 ? channel : 0)]
                    target += 1
                }
            }
        }
    }

    /// Writes a line of text in black.
    mutating func write(_ text: String, left: Int, top: Int, scale: Int) {
        for (number, scalar) in text.unicodeScalars.enumerated() {
            let rows = Letters.rows(of: scalar)
            for y in 0 ..< Letters.height * scale {
                for x in 0 ..< Letters.width * scale
                where rows[y / scale] >> UInt8(Letters.width - 1 - x / scale) & 1 == 1 {
                    let column = left + number * Letters.advance * scale + x
                    let index = ((top + y) * width + column) * 3
                    for channel in 0 ..< 3 { samples[index + channel] = 0 }
                }
            }
        }
    }
}

extension Image {
    /// The colour samples with 8 bits.
    fileprivate var eightBitSamples: [UInt8] {
        switch samples {
        case .eight(let values): values
        case .sixteen(let values): values.map { UInt8((UInt32($0) + 128) / 257) }
        }
    }
}
