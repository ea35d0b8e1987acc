extension [String] {
    /// The word with the fewest letters to insert, delete or replace.
    ///
    /// Of equally near words the first counts; there must be one.
    package func nearest(to word: String) -> String {
        precondition(!isEmpty, "Of no words none is the nearest")
        return self.min { $0.distance(to: word) < $1.distance(to: word) } ?? ""
    }
}

extension String {
    /// How many letters must be inserted, deleted or replaced to make another word, whatever their case.
    ///
    /// V. Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals", 1966.
    package func distance(to other: String) -> Int {
        var row = Array<Int>(0 ... count)
        for (i, letter) in other.lowercased().enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, otherLetter) in lowercased().enumerated() {
                let change = diagonal + (letter == otherLetter ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = Swift.min(change, diagonal + 1, row[j] + 1)
            }
        }
        return row[count]
    }
}
