import TesseraDataset
import TesseraImage

/// What is known of an archive: how many of its pictures can be read, and whether it has faults.
private let archives: [(name: String, pictureCount: Int, hasFaults: Bool)] = [
    ("badchecksum.tar", 0, true), ("badimg.tar", 1, false), ("device.tar", 1, true),
    ("dup_keys.tar", 0, true), ("empty.tar", 0, true), ("empty_member.tar", 1, false),
    ("huge_size.tar", 0, true), ("longname_gnu.tar", 1, false), ("longname_pax.tar", 1, false),
    ("nodot.tar", 1, true), ("noeof.tar", 2, true), ("ok.tar", 2, false),
    ("split_key.tar", 2, true), ("symlink.tar", 1, true), ("traversal.tar", 1, true),
    ("truncated.tar", 0, true), ("unicode_pax.tar", 1, false), ("upper_ext.tar", 2, false),
    ("zero.tar", 0, true),
]

/// Archives give their sound pictures and say what is wrong; no key leads out of a folder.
func checkArchives(_ corpora: String, _ report: inout Report) {
    let folder = "\(corpora)/tars"
    let names = files(below: folder, ending: ".tar")
    for name in names {
        let source = ImageSource(searching: ["\(folder)/\(name)"])
        var pictureCount = 0
        for item in source.items {
            report.expect(
                !item.key.hasPrefix("/") && !item.key.split(separator: "/").contains(".."), name,
                "the key '\(item.key)' leads out of its folder")
            if let bytes = try? item.bytes(), (try? Image(bytes: bytes)) != nil {
                pictureCount += 1
            }
        }
        guard let known = archives.first(where: { $0.name == name }) else {
            report.expect(false, name, "nothing is known of it")
            continue
        }
        report.expect(
            pictureCount == known.pictureCount, name, "gives \(pictureCount) pictures")
        report.expect(
            source.faults.isEmpty != known.hasFaults, name, "says \(source.faults)")
    }
    report.finish("tars", fileCount: names.count)
}
