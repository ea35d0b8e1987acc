public import TesseraImage

extension TemporaryFolder {
    /// Writes a picture of seeded noise.
    ///
    /// - Parameters:
    ///   - name: A path below this folder.
    ///   - width: The width in pixels.
    ///   - height: The height in pixels.
    ///   - format: The format.
    ///   - seed: The seed.
    /// - Returns: The absolute path.
    @discardableResult
    public func picture(
        _ name: String, width: Int = 24, height: Int = 16, format: ImageFormat = .png,
        seed: UInt64 = 1
    ) -> String {
        write(noisePicture(width: width, height: height, seed: seed), as: name, format)
    }

    /// Writes a mask with a white rectangle.
    ///
    /// - Parameters:
    ///   - name: A path below this folder.
    ///   - width: The width in pixels.
    ///   - height: The height in pixels.
    ///   - rows: The rows of the rectangle.
    ///   - columns: Its columns.
    /// - Returns: The absolute path.
    @discardableResult
    public func mask(
        _ name: String, width: Int = 24, height: Int = 16, rows: Range<Int>, columns: Range<Int>
    ) -> String {
        let samples: [UInt8] = (0 ..< width * height).map {
            rows.contains($0 / width) && columns.contains($0 % width) ? 255 : 0
        }
        return write(
            Image(width: width, height: height, colour: .gray, samples: .eight(samples)), as: name,
            .png)
    }

    /// The decoded picture of a file in this folder.
    ///
    /// - Parameter name: A path below this folder.
    /// - Returns: The picture.
    /// - Throws: `ImageError` if there is none.
    public func image(_ name: String) throws -> Image { try Image(contentsOf: file(name)) }

    private func write(_ image: Image, as name: String, _ format: ImageFormat) -> String {
        guard let bytes = try? image.encoded(as: format) else {
            preconditionFailure("A picture in memory can be encoded")
        }
        return write(bytes, as: name)
    }
}
