/// The members of an archive that share a key.
struct ArchiveSample {
    struct Member {
        /// What follows the key and its dot, in lower case.
        let fileExtension: String

        let content: TarMember.Content

        /// Whether it is an image by its name.
        let isNamedImage: Bool

        /// Whether it is an image, by its name or its first bytes.
        let isImage: Bool

        /// The extension without its last component and the dot before: `image` of `image.jpg`.
        var stem: Substring {
            fileExtension.lastIndex(of: ".").map { fileExtension[..<$0] } ?? ""
        }
    }

    let key: String
    var members: [Member] = []

    /// The member with an extension.
    subscript(fileExtension: String) -> Member? {
        members.first { $0.fileExtension == fileExtension }
    }

    /// The image members that are taken and those that are left, with the keys of the pictures.
    ///
    /// - Parameter choice: Which of them are taken.
    /// - Returns: `nil` if there are several and none of them stands out.
    func images(
        _ choice: SampleOptions.ImageMember
    ) -> (taken: [(key: String, member: Member)], left: [Member])? {
        let images = members.filter(\.isImage)
        let index: Int?
        switch choice {
        case .all: return (withKeys(images), [])
        case .plain:
            index =
                images.firstIndex { pictureExtensions.contains($0.fileExtension) }
                ?? images.firstIndex { $0.isNamedImage && $0.stem.isEmpty }
                ?? images.indices.first
            if let index, images.count > 1,
                !images[index].isNamedImage
                    || !images[index].stem.isEmpty
            {
                return nil
            }
        case .named(let names):
            index =
                names.lazy.compactMap { name in
                    images.firstIndex { $0.fileExtension == name || $0.stem == name }
                }.first
        }
        var left = images
        return (index.map { [(key, left.remove(at: $0))] } ?? [], left)
    }

    /// Keys that differ: without the extension of a picture as long as that is enough.
    private func withKeys(_ images: [Member]) -> [(key: String, member: Member)] {
        var keys: Set<String> = []
        return images.map { image in
            let short = image.stem.isEmpty ? key : "\(key).\(image.stem)"
            let isFree = keys.insert(short).inserted
            return (isFree ? short : "\(key).\(image.fileExtension)", image)
        }
    }
}
