import Glibc

/// What a path of a command line may stand for: itself, a range in braces, or a pattern of names.
///
/// `{000..063}` counts with as many digits as are written, `{a,b}` lists texts; both are local and
/// say what is expected, so that what is missing is an error. `*`, `?` and `[…]` match names that
/// exist, sorted by their bytes. A path that exists is never a pattern.
struct PathPattern {
    /// A path, and its part that names the picture: below the folder in which patterns begin.
    struct Match: Equatable {
        let whole: String
        let relative: String
    }

    /// The most paths that the braces of one argument may stand for.
    static let limit = 1_000_000

    /// The paths, at least one: a pattern that matches nothing stands for itself.
    let paths: [Match]

    init(_ pattern: String) {
        guard access(pattern, F_OK) != 0 else {
            paths = [Match(whole: pattern, relative: name(of: pattern))]
            return
        }
        paths = expandedBraces(pattern).flatMap { (path) -> [Match] in
            guard access(path, F_OK) != 0, let star = path.firstIndex(where: { "*?[".contains($0) })
            else { return [Match(whole: path, relative: name(of: path))] }
            let matches = globbed(path)
            guard !matches.isEmpty else { return [Match(whole: path, relative: name(of: path))] }
            let folder = path[..<star].lastIndex(of: "/").map { path[...$0].count } ?? 0
            return matches.map { Match(whole: $0, relative: String($0.dropFirst(folder))) }
        }
    }
}

/// The names that match a pattern, sorted by their bytes.
private func globbed(_ pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, GLOB_NOSORT, nil, &found) == 0 else { return [] }
    let paths = (0 ..< Int(found.gl_pathc)).compactMap { index in
        found.gl_pathv[index].map { String(cString: $0) }
    }
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// The texts that the first pair of braces, and then those after it, stand for.
func expandedBraces(_ text: String) -> [String] {
    guard let start = text.firstIndex(of: "{"), let end = text[start...].firstIndex(of: "}") else {
        return [text]
    }
    let inside = text[text.index(after: start) ..< end]
    guard let choices = range(inside) ?? list(inside) else { return [text] }
    let rests = expandedBraces(String(text[text.index(after: end)...]))
    guard choices.count * rests.count <= PathPattern.limit else { return [text] }
    return choices.flatMap { choice in rests.map { text[..<start] + choice + $0 } }
}

/// The numbers of `first..last`, with as many digits as are written.
private func range(_ text: Substring) -> [String]? {
    let ends = text.split(separator: "..", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]), first >= 0,
        last >= first, last - first < PathPattern.limit
    else { return nil }
    let digitCount = max(ends[0].count, String(first).count)
    return (first ... last).map { number in
        let digits = String(number)
        return String(repeating: "0", count: max(digitCount - digits.count, 0)) + digits
    }
}

private func list(_ text: Substring) -> [String]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    return parts.count > 1 ? parts.map(String.init) : nil
}
