import TesseraDataset

/// Opens the next archive while the pictures of the one before are encoded.
///
/// Only what has to be unpacked or fetched is opened early: of a plain archive only headers are read.
final class ArchivePrefetch: Sendable {
    private struct Pending {
        let location: ArchiveLocation
        var opened: ArchiveItems?
    }

    private let options: SampleOptions
    private let pending = Monitor<Pending?>(nil)

    init(_ options: SampleOptions) {
        self.options = options
    }

    /// Begins to open an archive, unless another is being opened.
    ///
    /// - Parameter location: Where the archive is.
    func begin(_ location: ArchiveLocation) {
        let isFree = pending.change { pending in
            guard pending == nil else { return false }
            pending = Pending(location: location)
            return true
        }
        guard isFree else { return }
        let thread = BackgroundThread { [pending, options] in
            let archive = ArchiveItems(location, options: options)
            pending.change { $0?.opened = archive }
        }
        if let thread { thread.letGo() } else { pending.change { $0 = nil } }
    }

    /// Opens an archive, or waits until it is open if that has begun.
    ///
    /// - Parameter location: Where the archive is.
    /// - Returns: What is in it.
    func open(_ location: ArchiveLocation) -> ArchiveItems {
        guard pending.change({ $0?.location == location }) else {
            return ArchiveItems(location, options: options)
        }
        return pending.wait { pending in
            guard let opened = pending?.opened else { return nil }
            pending = nil
            return opened
        }
    }
}
