import Glibc
package import TesseraFiles

/// The bytes of a file, mapped for reading: pages come in when they are touched.
///
/// The mapping stays valid when the file is replaced by renaming another one over it, which is how
/// this package writes. Cutting a mapped file short stops the program.
package final class MappedFile: @unchecked Sendable {
    /// The bytes of the file.
    package let bytes: UnsafeRawBufferPointer

    /// Maps a file.
    ///
    /// - Parameter path: The name of a regular file. Pipes and devices are refused, not waited for.
    /// - Throws: ``FileError``.
    package init(path: String) throws(FileError) {
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

    /// Gives back the memory of bytes that have been copied; they come in again if they are touched.
    ///
    /// - Parameter range: A range of ``bytes``; pages that it covers in part stay.
    package func release(_ range: Range<Int>) {
        guard let start = bytes.baseAddress else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let first = (range.lowerBound + page - 1) / page * page
        let last = range.upperBound / page * page
        guard first < last else { return }
        // If the system declines, they stay as well.
        madvise(UnsafeMutableRawPointer(mutating: start + first), last - first, MADV_DONTNEED)
    }

    deinit {
        if let start = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
        }
    }
}
