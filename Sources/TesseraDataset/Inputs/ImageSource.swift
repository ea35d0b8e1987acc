/// The pictures of files, folders and tar archives, in an order that does not depend on the disk.
///
/// What counts as a picture says ``InputListing``; of a sample of an archive all images do. What cannot
/// be used is listed in ``faults``, and the rest goes on.
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
        var options = SampleOptions()
        options.imageMember = .all
        var pictureCount = 0
        for archive in listing.archives {
            items += (pictureCount ..< archive.pictureCount).map { listing.pictures[$0] }
            pictureCount = archive.pictureCount
            let found = ArchiveItems(archive.location, options: options)
            items += found.items
            // Labels and captions are of no use here; an image that has no key would be.
            faults += found.faults + found.notes.filter { $0.code == "no-key" }
        }
        items += (pictureCount ..< listing.pictures.count).map { listing.pictures[$0] }
        let (unique, keyFaults) = uniqueItems(items)
        items = unique
        faults += keyFaults
    }
}
