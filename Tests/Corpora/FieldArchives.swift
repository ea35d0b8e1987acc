import TesseraDataset

/// What each archive that people met gives: keys of pictures, and codes of what is said besides.
private let fieldArchives: [(name: String, keys: [String], faults: [String], notes: [String])] = [
    (
        "badutf.tar", "abcdefghijklmn".map { String($0) }, [],
        ["encoding", "json", "label", "label", "json", "label", "json", "json"]
    ),
    ("dots.tar", ["22", "a.0/x"], ["several-images", "several-images"], []),
    ("dupA.tar", ["x", "y"], [], []),
    ("dupB.tar", ["x", "y"], [], []),
    ("hd.tar", ["b", "a"], [], []),
    (
        "multi.tar", [], ["several-images", "several-images", "several-images", "several-images"],
        []
    ),
    ("noeof.tar", ["s0", "s1"], ["tar-truncated"], ["image-left"]),
    ("numbered.tar", ["s1"], ["several-images", "several-images"], []),
    (
        "slashkey.tar",
        ["a/b", "a/c", "sp ace\nnl", "back\\slash", "C:\\win", "q\"uote", "%2E"], [],
        ["no-key", "no-key", "no-key"]
    ),
    ("sparse_gnu.tar", ["b"], ["sparse"], []),
    ("twoimg.tar", ["a", "b"], [], ["image-left"]),
    ("webp.tar", ["a", "b"], [], []),
    ("xz.tar.xz", [], ["unsupported"], []),
    ("zero.tar", [], ["tar-empty"], []),
    ("zeroblocks.tar", [], ["tar-empty"], []),
    ("zst.tar.zst", ["a"], [], []),
]

/// Archives as people met them lose no image without a word.
func checkFieldArchives(_ corpora: String, _ report: inout Report) {
    let folder = "\(corpora)/field/tars"
    for known in fieldArchives {
        let found = ArchiveItems(.file("\(folder)/\(known.name)"))
        report.expect(
            found.items.map(\.key) == known.keys, known.name, "gives \(found.items.map(\.key))")
        report.expect(
            found.faults.map(\.code) == known.faults, known.name, "says \(found.faults)")
        report.expect(found.notes.map(\.code) == known.notes, known.name, "notes \(found.notes)")
    }
    report.finish("field/tars", fileCount: files(below: folder).count)
}
