/// Numbers that the parts of a work write at once, each its own.
///
/// Sendable because no two parts write to one place, nor read what another writes meanwhile.
package final class Plane<Element: BitwiseCopyable>: @unchecked Sendable {
    /// The number of elements.
    package let count: Int

    /// The elements.
    package let values: UnsafeMutablePointer<Element>

    /// Makes a plane of one repeated value.
    package init(count: Int, repeating value: Element) {
        self.count = count
        values = .allocate(capacity: max(count, 1))
        values.initialize(repeating: value, count: count)
    }

    deinit { values.deallocate() }

    @inline(__always)
    package subscript(index: Int) -> Element {
        get { values[index] }
        set { values[index] = newValue }
    }
}
