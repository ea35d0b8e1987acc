public import CTesseraLibrary
import TesseraPipeline
import TesseraTokens

// The functions of tessera.h that do the work. What they promise is written there.

/// The size of the grid of a picture.
@_cdecl("tessera_grid")
public func gridOfPicture(
    _ pointer: OpaquePointer?, _ height: Int, _ width: Int,
    _ rowCount: UnsafeMutablePointer<Int>?, _ columnCount: UnsafeMutablePointer<Int>?
) -> tessera_status {
    reporting { () throws(Failure) in
        let model = try opened(pointer).needed("model").model
        let (rowCount, columnCount) = (
            try rowCount.needed("row_count"), try columnCount.needed("column_count")
        )
        try checkSize(height: height, width: width)
        let size = GridSize(model, height: height, width: width)
        (rowCount.pointee, columnCount.pointee) = (size.rows, size.columns)
    }
}

/// Turns pictures into tokens.
@_cdecl("tessera_encode")
public func encodePictures(
    _ pointer: OpaquePointer?, _ pictures: UnsafePointer<tessera_pictures>?,
    _ tokens: UnsafeMutablePointer<UInt16>?, _ capacity: Int
) -> tessera_status {
    reporting { () throws(Failure) in
        let model = try opened(pointer).needed("model").model
        let batch = try PictureBatch(pictures)
        let tokens = try tokens.needed("tokens")
        let size = GridSize(model, height: batch.height, width: batch.width).tokenCount
        guard batch.count * size <= capacity.clampedToInt else {
            throw .capacity(
                "'capacity' is \(capacity), but \(batch.count) pictures have "
                    + "\(batch.count * size) tokens")
        }
        nonisolated(unsafe) let output = tokens
        batch.forEach { index in
            let codes = model.tokens(of: batch.image(index)).codes
            let target = output + index * size
            for (offset, code) in codes.enumerated() { target[offset] = UInt16(code) }
        }
    }
}

/// Turns tokens into pictures.
@_cdecl("tessera_decode")
public func decodeTokens(
    _ pointer: OpaquePointer?, _ tokens: UnsafePointer<UInt16>?, _ tokenCount: Int,
    _ pictures: UnsafePointer<tessera_pictures>?
) -> tessera_status {
    reporting { () throws(Failure) in
        let model = try opened(pointer).needed("model").model
        let batch = try PictureBatch(pictures)
        let tokens = try tokens.needed("tokens")
        let gridSize = GridSize(model, height: batch.height, width: batch.width)
        let size = gridSize.tokenCount
        guard batch.count * size == tokenCount else {
            throw .argument(
                "'token_count' is \(tokenCount.asUnsigned), but \(batch.count) pictures of "
                    + "\(batch.width) x \(batch.height) pixels have \(batch.count * size) tokens")
        }
        let vocabulary = model.tokenizer.codeSpace.vocabulary
        for index in 0 ..< tokenCount where tokens[index] >= vocabulary[index % vocabulary.count] {
            throw .token(
                "token \(index) is \(tokens[index]), but slot \(index % vocabulary.count) has a "
                    + "vocabulary of \(vocabulary[index % vocabulary.count])")
        }
        nonisolated(unsafe) let input = tokens
        batch.forEach { index in
            let codes = (0 ..< size).map { Int32(input[index * size + $0]) }
            let grid = TokenGrid(
                height: gridSize.rows, width: gridSize.columns, vocabulary: vocabulary, codes: codes
            )
            batch.write(
                model.picture(of: grid, width: batch.width, height: batch.height), to: index)
        }
    }
}

/// The key of random choices for a picture of some name.
@_cdecl("tessera_key")
public func keyOfName(_ name: UnsafePointer<CChar>?) -> UInt64 {
    name.map { itemKey(String(cString: $0)) } ?? 0
}

/// The rows and columns of the grid of a picture.
private struct GridSize {
    let rows, columns, tokenCount: Int

    init(_ model: Model, height: Int, width: Int) {
        let side = model.tokenizer.pixelsPerToken
        rows = (height + side - 1) / side
        columns = (width + side - 1) / side
        tokenCount = rows * columns * model.tokenizer.codeSpace.vocabulary.count
    }
}
