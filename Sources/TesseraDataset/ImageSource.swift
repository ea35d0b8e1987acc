/// The pictures of files, folders and tar archives, in an order that does not depend on the disk.
///
/// What counts as a picture says ``InputListing``. What cannot be used is listed in ``faults``, and
/// the rest goes on.
public struct ImageSource: Sendable {
    /// The pictures, in order, each with a key of its own.
    public private(set) var items: [ImageItem] = []

    /// What was found but cannot be used, and why.
    public private(set) var faults: [DatasetError] = []

    /// Searches for pictures.
    ///
    /// - Parameter paths: Files, folders and archives, in the order in which they come out.
    public init(searching paths: [String]) {
        let listing = InputListing(searching: paths)
        faults = listing.faults
        for entry in listing.entries {
            switch entry {
            case .picture(let item): items.append(item)
            case .archive(let location):
                let archive = ArchiveItems(location)
                items += archive.items
                faults += archive.faults
            }
        }
        let (unique, keyFaults) = uniqueItems(items)
        items = unique
        faults += keyFaults
    }
}
