import ArgumentParser

/// A number of bytes as people write it: 500M, 2G.
struct ByteCount: ExpressibleByArgument, Equatable {
    let value: Int

    init?(argument: String) {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        let unit = argument.last.flatMap { units[Character($0.uppercased())] }
        guard let number = Double(unit == nil ? argument : String(argument.dropLast())),
            number > 0, number * Double(unit ?? 1) < 0x1p62
        else { return nil }
        value = Int(number * Double(unit ?? 1))
    }
}
