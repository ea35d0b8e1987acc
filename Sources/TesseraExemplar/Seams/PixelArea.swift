/// A rectangle of a picture that is worked on by itself.
struct PixelArea {
    private let top: Int
    private let left: Int
    private let stride: Int

    /// The number of its rows.
    let height: Int

    /// The number of its columns.
    let width: Int

    /// The smallest rectangle that holds some pixels and their neighbours; `nil` if there are none.
    ///
    /// - Parameters:
    ///   - places: The pixels, in reading order.
    ///   - height: The number of rows of the picture.
    ///   - width: The number of its columns.
    init?(around places: [Int], height: Int, width: Int) {
        guard let first = places.first, let last = places.last else { return nil }
        let columns = places.lazy.map { $0 % width }
        let (least, most) = (columns.min() ?? 0, columns.max() ?? 0)
        stride = width
        top = max(first / width - 1, 0)
        left = max(least - 1, 0)
        self.height = min(last / width + 2, height) - top
        self.width = min(most + 2, width) - left
    }

    /// The place in the rectangle of a pixel of the picture.
    func index(_ pixel: Int) -> Int { (pixel / stride - top) * width + pixel % stride - left }

    /// What the rectangle has of a flag for each pixel of the picture.
    func part(of flags: [Bool]) -> [Bool] {
        (top ..< top + height).flatMap { flags[$0 * stride + left ..< $0 * stride + left + width] }
    }
}
