import Glibc
package import TesseraFiles

/// The bytes of a file, mapped for reading: pages come in when they are touched.
///
/// The mapping stays valid when the file is replaced by renaming another one over it, which is how
/// this package writes. Cutting a mapped file short stops the program, so that what others may cut, or
/// what lies on disks that may fail, is read into memory instead.
package final class MappedFile: @unchecked Sendable {
    /// The bytes of the file.
    package let bytes: UnsafeRawBufferPointer

    private let isMapped: Bool

    /// Maps a file.
    ///
    /// - Parameter path: The name of a regular file. Pipes and devices are refused, not waited for.
    /// - Throws: ``FileError``.
    package init(path: String) throws(FileError) {
        isMapped = true
        let (descriptor, count) = try openRegularFile(path: path)
        defer { close(descriptor) }
        guard count > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
            start != MAP_FAILED
        else { throw .refused(action: .read, path: path, code: errno) }
        bytes = UnsafeRawBufferPointer(start: start, count: count)
    }

    /// Reads a file into memory of its own.
    ///
    /// - Parameter path: The name of a regular file.
    /// - Throws: ``FileError``, also if the file becomes shorter meanwhile.
    package init(reading path: String) throws(FileError) {
        isMapped = false
        let file = try ReadFile(path: path)
        let content = UnsafeMutableRawBufferPointer.allocate(
            byteCount: file.byteCount, alignment: 16)
        bytes = UnsafeRawBufferPointer(content)
        for start in stride(from: 0, to: file.byteCount, by: 1 << 20) {
            let end = min(start + (1 << 20), file.byteCount)
            let part = try file.bytes(start ..< end)
            part.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: content[start ..< end]).copyMemory(from: $0)
            }
        }
    }

    /// Gives back the memory of bytes that have been copied; they come in again if they are touched.
    ///
    /// - Parameter range: A range of ``bytes``; pages that it covers in part stay.
    package func release(_ range: Range<Int>) {
        guard isMapped, let start = bytes.baseAddress else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let first = (range.lowerBound + page - 1) / page * page
        let last = range.upperBound / page * page
        guard first < last else { return }
        // If the system declines, they stay as well.
        madvise(UnsafeMutableRawPointer(mutating: start + first), last - first, MADV_DONTNEED)
    }

    deinit {
        if !isMapped {
            bytes.deallocate()
        } else if let start = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
        }
    }
}
