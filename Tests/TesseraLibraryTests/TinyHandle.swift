import CTesseraLibrary
import TesseraImage
import TesseraLibrary
import _TesseraTestSupport

/// The tiny model as a program in C has it.
final class TinyHandle: @unchecked Sendable {  // What C may share between threads, Swift may too.
    let model: OpaquePointer

    init() {
        var opened: OpaquePointer?
        let status = tessera_open(tinyModelPath, 0, &opened)
        precondition(status == TESSERA_OK, "The tiny model does not open: \(message)")
        model = opened!
    }

    deinit { tessera_close(model) }

    func encode(_ bytes: [UInt8], count: Int, height: Int, width: Int) -> [UInt16] {
        let size = tokenCount(height: height, width: width)
        var tokens = [UInt16](repeating: .max, count: count * size)
        let status = withPictures(bytes, count: count, height: height, width: width) {
            pictures, _ in
            tessera_encode(model, &pictures, &tokens, tokens.count)
        }
        precondition(status == TESSERA_OK, message)
        return tokens
    }

    func tokenCount(height: Int, width: Int) -> Int {
        var (rows, columns) = (0, 0)
        precondition(tessera_grid(model, height, width, &rows, &columns) == TESSERA_OK, message)
        return rows * columns * tessera_slot_count(model)
    }
}

/// What the last call on this thread says of its failure.
var message: String { String(cString: tessera_message()) }

/// Lends pictures to a C function.
///
/// - Returns: What the body returns; the bytes are those after it.
@discardableResult
func withPictures<Result>(
    _ bytes: [UInt8], count: Int, height: Int, width: Int,
    _ body: (inout tessera_pictures, UnsafeMutableBufferPointer<UInt8>) -> Result
) -> Result {
    var bytes = bytes
    return bytes.withUnsafeMutableBufferPointer { buffer in
        var pictures = tessera_pictures(
            bytes: buffer.baseAddress, byte_count: buffer.count, count: count, height: height,
            width: width, row_stride: 0, picture_stride: 0)
        return body(&pictures, buffer)
    }
}

/// Seeded samples without any pattern.
func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return (0 ..< count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
}

/// The picture of some samples as the Swift library has it.
func image(_ bytes: [UInt8], height: Int, width: Int) -> Image {
    Image(width: width, height: height, colour: .rgb, samples: .eight(bytes))
}
