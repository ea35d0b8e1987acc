import TesseraCheckpoint
import TesseraSampler

/// Checkpoints open or are refused as the table beside them says.
func checkCheckpoints(_ corpora: String, _ report: inout Report) {
    let folder = "\(corpora)/checkpoints"
    let rows = table("\(folder)/EXPECT.tsv").filter { row in
        row.count >= 2 && row[0].hasSuffix(".safetensors")
    }
    for row in rows {
        let isExpected = row[1].hasPrefix("ok")
        do throws(CheckpointError) {
            let file = try SafetensorsFile(path: "\(folder)/\(row[0])")
            report.expect(isExpected, row[0], "was opened, but the table says '\(row[1])'")
            // Every byte that a header promises can be touched.
            for name in file.names {
                _ = try file.withBytes(of: name) { $0.reduce(0 as UInt8) { $0 ^ $1 } }
            }
        } catch {
            report.expect(!isExpected, row[0], "'\(error)', but the table says '\(row[1])'")
        }
    }
    report.finish("checkpoints/*.safetensors", fileCount: rows.count)
}

/// The Halton order visits positions as the authors' code does.
func checkHaltonOrders(_ golden: String, _ report: inout Report) {
    let names = files(below: golden, ending: ".npy").filter { $0.hasPrefix("halton_order_") }
    for name in names {
        let positions = pairs(bytes("\(golden)/\(name)"))
        let side = Int(Double(positions.count).squareRoot())
        let wanted = positions.map { $0.0 * side + $0.1 }
        report.expect(!wanted.isEmpty, name, "is no array of pairs of 32-bit integers")
        report.expect(
            HaltonSequence.order(height: side, width: side) == wanted, name,
            "the order is another one")
    }
    report.finish("golden Halton orders", fileCount: names.count)
}

/// Reads an array of shape [n, 2] of little-endian 32-bit integers in NumPy's format, version 1.
private func pairs(_ bytes: [UInt8]) -> [(Int, Int)] {
    guard bytes.count > 10, bytes.starts(with: [0x93] + Array("NUMPY".utf8) + [1]) else {
        return []
    }
    let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    guard start <= bytes.count,
        String(decoding: bytes[10 ..< start], as: UTF8.self).contains("'<i4'")
    else { return [] }
    let numbers = stride(from: start, to: bytes.count - 3, by: 4).map { offset in
        (0 ..< 4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    return stride(from: 0, to: numbers.count - 1, by: 2).map { (numbers[$0], numbers[$0 + 1]) }
}
