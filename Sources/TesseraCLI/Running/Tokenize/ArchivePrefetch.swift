import Dispatch
import Synchronization
import TesseraDataset

/// Opens the next archive while the pictures of the one before are encoded.
///
/// Only what has to be unpacked or fetched is opened early: a plain archive is mapped at once.
final class ArchivePrefetch: Sendable {
    private struct Pending {
        let location: ArchiveLocation
        let done = DispatchSemaphore(value: 0)
    }

    private let pending = Mutex<Pending?>(nil)
    private let opened = Mutex<ArchiveItems?>(nil)

    /// Begins to open an archive, unless another is being opened.
    ///
    /// - Parameter location: Where the archive is.
    func begin(_ location: ArchiveLocation) {
        let next = pending.withLock { pending -> Pending? in
            guard pending == nil else { return nil }
            pending = Pending(location: location)
            return pending
        }
        guard let next else { return }
        DispatchQueue.global().async {
            let archive = ArchiveItems(location)
            self.opened.withLock { $0 = archive }
            next.done.signal()
        }
    }

    /// Opens an archive, or waits until it is open if that has begun.
    ///
    /// - Parameter location: Where the archive is.
    /// - Returns: What is in it.
    func open(_ location: ArchiveLocation) -> ArchiveItems {
        guard let begun = pending.withLock({ $0 }), begun.location == location else {
            return ArchiveItems(location)
        }
        begun.done.wait()
        pending.withLock { $0 = nil }
        return opened.withLock { archive in
            defer { archive = nil }
            return archive ?? ArchiveItems(location)
        }
    }
}
