/// How large a picture may be before reading it is refused.
///
/// A PNG of a few kilobytes can declare a picture of many gigabytes. Limits are checked against the
/// header, before any memory for pixels is taken, and every reader takes them.
public struct DecodingLimits: Sendable, Equatable {
    /// The most pixels a picture may have, its width times its height.
    ///
    /// A quarter of a gibibyte of RGB, which is also where Pillow warns.
    public var maximumPixelCount = 89_478_485

    /// The most pixels a picture may have along a side: what JPEG, and so every output, can hold.
    public var maximumSide = 65_500

    /// The most bytes a file may have.
    public var maximumByteCount = 512 << 20

    /// The most scans of a progressive JPEG; cameras and converters write about ten.
    ///
    /// Each costs a pass over the whole picture, and an empty one has but a few bytes.
    public var maximumScanCount = 100

    /// The most bytes of text that are kept; what goes beyond is left out.
    public var maximumTextByteCount = 1 << 20

    /// The most bytes of an ICC profile; a longer one is left out.
    public var maximumColourProfileByteCount = 4 << 20

    /// Creates the limits that apply unless others are given.
    public init() {}

    /// Checks the size that a header declares.
    ///
    /// - Throws: ``ImageError/noPixels(width:height:)``, ``ImageError/sideTooLong(width:height:limit:)``
    ///   or ``ImageError/tooManyPixels(width:height:limit:)``.
    func check(width: Int, height: Int) throws(ImageError) {
        guard width > 0, height > 0 else { throw .noPixels(width: width, height: height) }
        let (pixelCount, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, pixelCount <= maximumPixelCount else {
            throw .tooManyPixels(width: width, height: height, limit: maximumPixelCount)
        }
        guard max(width, height) <= maximumSide else {
            throw .sideTooLong(width: width, height: height, limit: maximumSide)
        }
    }
}
