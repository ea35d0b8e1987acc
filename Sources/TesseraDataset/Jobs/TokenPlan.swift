/// The work of a job, in units whose numbers follow from the order of the inputs alone.
///
/// Pictures in files of their own come first, ``TokenJob/shardSize`` to a unit, each unit one shard;
/// then each archive is a unit, whose parts of that many pictures are shards. An archive is opened by
/// nobody but the task that has its unit: task `i` of `n` has the units `i`, `i + n`, `i + 2n`, ….
public struct TokenPlan: Sendable {
    /// A unit of work.
    public enum Unit: Sendable {
        /// Pictures in files of their own, by their places among all of those.
        case pictures(Range<Int>)

        /// An archive, not opened yet.
        case archive(ArchiveLocation)
    }

    /// The units, in order.
    public let units: [Unit]

    /// The number of pictures that are known without opening archives.
    public var pictureCount: Int { pictures.count }

    /// What was found but cannot be used, and why.
    public let faults: [DatasetError]

    /// Whether the keys of all pictures are known to differ: those of files do, and those in an archive.
    var hasUniqueKeys: Bool {
        let archiveCount = units.count { if case .archive = $0 { true } else { false } }
        return archiveCount == 0 || units.count == 1
    }

    private let pictures: UniquePictures

    /// Plans the work.
    ///
    /// - Parameters:
    ///   - listing: The inputs.
    ///   - shardSize: The most pictures of a shard.
    public init(_ listing: InputListing, shardSize: Int) {
        let pictures = UniquePictures(listing.pictures)
        units =
            stride(from: 0, to: pictures.count, by: shardSize).map {
                .pictures($0 ..< min($0 + shardSize, pictures.count))
            } + listing.archives.map { .archive($0.location) }
        faults = listing.faults + pictures.faults
        self.pictures = pictures
    }

    /// The pictures of a unit.
    ///
    /// - Parameter places: The places that the unit names.
    /// - Returns: The pictures, in order.
    public func items(_ places: Range<Int>) -> [ImageItem] { pictures.items(places) }

    /// The name of the shard of a unit of pictures, or of a part of an archive.
    ///
    /// - Parameters:
    ///   - unit: The number of the unit.
    ///   - part: The number of the part, or `nil` for a unit of pictures.
    /// - Returns: A name such as `000017` or `000017-003`.
    public static func shardName(unit: Int, part: Int? = nil) -> String {
        padded(unit, to: 6) + (part.map { "-" + padded($0, to: 3) } ?? "")
    }

    private static func padded(_ number: Int, to digitCount: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(digitCount - digits.count, 0)) + digits
    }
}
