import CTesseraLibrary
import TesseraImage
import TesseraTensor

/// Pictures in memory of the caller, whose sizes have been checked.
///
/// It is sendable because the memory of a picture is used by one thread at a time.
struct PictureBatch: @unchecked Sendable {
    /// The number of pictures.
    let count: Int

    /// The height of each in pixels.
    let height: Int

    /// The width of each in pixels.
    let width: Int

    private let start: UnsafeMutablePointer<UInt8>
    private let rowStride: Int
    private let pictureStride: Int

    /// Checks what a caller says of its pictures.
    ///
    /// - Parameters:
    ///   - pointer: What C was given.
    ///   - name: What the header calls it.
    /// - Throws: A ``Failure`` if a number is outside its range, or the bytes are too few.
    init(
        _ pointer: UnsafePointer<tessera_pictures>?, named name: String = "pictures"
    ) throws(Failure) {
        let pictures = try pointer.needed(name).pointee
        start = try pictures.bytes.needed("bytes")
        count = try checked(pictures.count.asUnsigned, "count", in: 0 ... largestSize)
        (height, width) = (pictures.height, pictures.width)
        try checkSize(height: height, width: width)
        let rowBytes = 3 * width
        rowStride =
            pictures.row_stride == 0
            ? rowBytes
            : try checked(
                pictures.row_stride.asUnsigned, "row_stride", in: rowBytes ... largestSize)
        // No overflow: a stride has at most 40 bits, a side 16.
        let pictureBytes = (height - 1) * rowStride + rowBytes
        pictureStride =
            pictures.picture_stride == 0
            ? height * rowStride
            : try checked(
                pictures.picture_stride.asUnsigned, "picture_stride", in: pictureBytes ... Int.max)
        let spare = min(pictures.byte_count.clampedToInt, largestMemory) - pictureBytes
        guard count == 0 || (spare >= 0 && count - 1 <= spare / pictureStride) else {
            throw .capacity(
                "'byte_count' is \(pictures.byte_count.asUnsigned), too few for \(count) pictures of "
                    + "\(width) x \(height) pixels with rows \(rowStride) and pictures "
                    + "\(pictureStride) bytes apart")
        }
    }

    /// Copies a picture.
    ///
    /// - Parameter index: Which one, below ``count``.
    /// - Returns: RGB of 8 bits.
    func image(_ index: Int) -> Image {
        let rowCount = 3 * width
        let bytes = [UInt8](unsafeUninitializedCapacity: height * rowCount) { target, filled in
            for row in 0 ..< height {
                (target.baseAddress! + row * rowCount).initialize(
                    from: rowStart(row, of: index), count: rowCount)
            }
            filled = height * rowCount
        }
        return Image(width: width, height: height, colour: .rgb, samples: .eight(bytes))
    }

    /// Writes a picture.
    ///
    /// - Parameters:
    ///   - image: RGB of 8 bits, of the batch's size.
    ///   - index: Which one, below ``count``.
    func write(_ image: Image, to index: Int) {
        guard case .eight(let bytes) = image.samples, bytes.count == height * width * 3 else {
            preconditionFailure("Pictures of the C interface are RGB of 8 bits")
        }
        bytes.withUnsafeBufferPointer { source in
            for row in 0 ..< height {
                rowStart(row, of: index).update(
                    from: source.baseAddress! + row * 3 * width, count: 3 * width)
            }
        }
    }

    private func rowStart(_ row: Int, of index: Int) -> UnsafeMutablePointer<UInt8> {
        start + index * pictureStride + row * rowStride
    }

    /// Does something with each picture, several at a time where that is quicker.
    ///
    /// Small pictures are handed to threads whole; threads share a large one, which takes less memory.
    ///
    /// - Parameter body: Does the picture of an index; called from several threads.
    func forEach(_ body: (Int) -> Void) {
        if count >= 2 * Processor.threadCount, height * width <= PictureBatch.largestSmallPicture {
            ThreadPool.run(count: count, body)
        } else {
            for index in 0 ..< count { body(index) }
        }
    }

    /// The most pixels of a picture that one thread works on while others work on others.
    private static let largestSmallPicture = 512 * 512
}
