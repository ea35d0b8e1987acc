import Glibc
import TesseraFiles

/// Where a command writes: results to standard output, everything else to standard error.
///
/// Tests give closures that collect what is written.
package struct Console {
    /// Whether standard error is a terminal that can rewrite a line.
    package let isTerminal: Bool

    /// The number of columns of that terminal.
    package let columnCount: Int

    private let output: ([UInt8]) throws(CommandFailure) -> Void
    private let messages: (String) -> Void

    package init(
        isTerminal: Bool, columnCount: Int = 80,
        output: @escaping ([UInt8]) throws(CommandFailure) -> Void,
        messages: @escaping (String) -> Void
    ) {
        self.isTerminal = isTerminal
        self.columnCount = columnCount
        self.output = output
        self.messages = messages
    }

    /// Writes bytes to standard output.
    ///
    /// - Throws: A storage failure when standard output is closed or its disk is full.
    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        try output(bytes)
    }

    /// Writes a line to standard output.
    func print(_ line: String) throws(CommandFailure) {
        try output(Array((line + "\n").utf8))
    }

    /// Writes text to standard error as it is.
    func writeMessage(_ text: String) {
        messages(text)
    }

    /// Writes a line to standard error.
    func say(_ line: String) {
        messages(line + "\n")
    }

    /// Says why something was not done.
    ///
    /// - Parameters:
    ///   - subject: The file that it is about, or `nil` for the whole run.
    ///   - sentence: The reason.
    func report(_ subject: String?, _ sentence: String) {
        let place = subject.map { $0.printable + ": " } ?? ""
        say("tessera: \(place)\(sentence.printable)")
    }
}

extension Console {
    /// The process's own standard output and standard error.
    static func standard() -> Console {
        var size = winsize()
        let isTerminal = isatty(2) == 1
        let hasSize = isTerminal && ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return Console(
            isTerminal: isTerminal, columnCount: hasSize ? Int(size.ws_col) : 80,
            output: { (bytes) throws(CommandFailure) in
                let code = writeAll(bytes, to: 1)
                guard code == 0 else {
                    let reason = String(cString: strerror(code))
                    throw .storage("cannot write to standard output: \(reason)")
                }
            },
            messages: { _ = writeAll(Array($0.utf8), to: 2) })
    }
}

/// Writes all bytes to a descriptor.
///
/// - Returns: 0, or the `errno` of the write that was refused.
private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
        var rest = buffer[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = Glibc.write(descriptor, part.baseAddress, part.count)
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}

extension String {
    /// The text with control characters spelled out, so that a file name cannot steer a terminal.
    var printable: String {
        var result = ""
        for scalar in unicodeScalars {
            if scalar.value < 0x20 || (0x7F ..< 0xA0).contains(scalar.value) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
