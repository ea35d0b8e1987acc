import TesseraJSON
import TesseraCLI
import TesseraFiles
import TesseraImage
import TesseraTensor
import _TesseraTestSupport

/// What a command line did.
struct Ran {
    let code: Int32
    let output: [UInt8]
    let messages: String

    /// Standard output as text.
    var text: String { String(decoding: output, as: UTF8.self) }

    /// The lines of standard output as JSON objects.
    var objects: [JSONObject] {
        text.split(separator: "\n").compactMap { line in
            let value = try? JSONValue(parsing: Array(line.utf8))
            guard case .object(let object)? = value else { return nil }
            return object
        }
    }
}

/// Runs a command line in this process.
///
/// - Parameter arguments: What follows the program's name.
/// - Returns: What it did.
func tessera(_ arguments: String...) -> Ran {
    tessera(arguments)
}

/// Runs a command line in this process.
///
/// - Parameter arguments: What follows the program's name.
/// - Returns: What it did.
func tessera(_ arguments: [String]) -> Ran {
    final class Collector {
        var output: [UInt8] = []
        var messages = ""
    }
    let collector = Collector()
    let console = Console(
        isTerminal: false, output: { collector.output += $0 },
        messages: { collector.messages += $0 })
    let code = Program.run(arguments, on: console)
    return Ran(code: code, output: collector.output, messages: collector.messages)
}

extension JSONObject {
    /// The number of a member, whole or not.
    func number(_ name: String) -> Double? {
        switch self[name] {
        case .integer(let value)?: Double(value)
        case .real(let value)?: value
        default: nil
        }
    }

    /// The text of a member.
    func string(_ name: String) -> String? {
        if case .string(let text)? = self[name] { text } else { nil }
    }

    /// The object of a member.
    func object(_ name: String) -> JSONObject? {
        if case .object(let object)? = self[name] { object } else { nil }
    }
}

extension TemporaryFolder {
    /// Copies the tiny model into a folder, to be changed there.
    func copyTinyModel(as name: String) throws {
        for file in ["model.json", "tokenizer.safetensors", "prior.safetensors"] {
            let bytes = try readBytes(path: tinyModelPath + "/" + file, limit: 1 << 20)
            write(bytes, as: "\(name)/\(file)")
        }
    }
}
