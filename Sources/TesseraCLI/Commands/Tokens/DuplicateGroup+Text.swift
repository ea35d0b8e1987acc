import TesseraJSON
import TesseraJobs
import TesseraPipeline

extension DuplicateGroup {
    /// The group for programs.
    var json: JSONObject {
        [
            "keep": .string(kept),
            "copies": .array(
                copies.map {
                    [
                        "key": .string($0.key),
                        "distance": .real(($0.distance * 1e4).rounded() / 1e4),
                        "exact": .boolean($0.isExact),
                    ]
                }),
        ]
    }

    /// The group for people.
    var text: String {
        ([kept.printable]
            + copies.map {
                "  \($0.isExact ? "equal" : fixed($0.distance, 3))  \($0.key.printable)"
            }).joined(separator: "\n")
    }
}
