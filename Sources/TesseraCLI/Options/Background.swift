import ArgumentParser

/// The colour behind transparent places.
struct Background: ExpressibleByArgument, CustomStringConvertible {
    /// Red, green and blue.
    let colour: [UInt8]

    static let white = Background(colour: [255, 255, 255])

    private init(colour: [UInt8]) { self.colour = colour }

    init?(argument: String) {
        switch argument {
        case "white": self = .white
        case "black": self.init(colour: [0, 0, 0])
        default:
            let digits = argument.hasPrefix("#") ? argument.dropFirst() : argument[...]
            guard digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit),
                let number = Int(digits, radix: 16)
            else { return nil }
            self.init(colour: [16, 8, 0].map { UInt8(number >> $0 & 255) })
        }
    }

    /// The digits, or the name of white.
    var description: String {
        if colour == Self.white.colour { return "white" }
        return colour.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The word that help shows as the default.
    var defaultValueDescription: String { description }
}
