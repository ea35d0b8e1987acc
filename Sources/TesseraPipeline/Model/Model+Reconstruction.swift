public import TesseraImage
public import TesseraTokens

extension Model {
    /// Turns a picture into tokens.
    ///
    /// The picture is converted tile by tile, so that a large one takes little more memory than its
    /// samples.
    ///
    /// - Parameter image: Any picture; alpha is not encoded.
    /// - Returns: A grid with no masked slot.
    public func tokens(of image: Image) -> TokenGrid {
        tokenizer.encode(height: image.height, width: image.width) { image.pixels(in: $0) }
    }

    /// Turns tokens into a picture.
    ///
    /// - Parameters:
    ///   - grid: A grid with no masked slot.
    ///   - image: A picture of the result's size that says how it is stored: colour, depth, alpha.
    /// - Returns: The picture.
    public func picture(of grid: TokenGrid, like image: Image) -> Image {
        var result = Image(likeness: image, width: image.width, height: image.height)
        tokenizer.decode(grid, height: image.height, width: image.width) {
            result.replacePixels(in: $0, with: $1)
        }
        return result
    }

    /// Turns tokens into a picture.
    ///
    /// - Parameters:
    ///   - grid: A grid with no masked slot.
    ///   - width: The width in pixels; columns past it were padding.
    ///   - height: The height in pixels.
    /// - Returns: An RGB picture of 8 bits.
    public func picture(of grid: TokenGrid, width: Int, height: Int) -> Image {
        let empty = Image(
            width: width, height: height, colour: .rgb,
            samples: .eight([UInt8](repeating: 0, count: width * height * 3)))
        return picture(of: grid, like: empty)
    }

    /// Turns a picture into tokens and back.
    ///
    /// - Parameter image: Any picture; alpha, depth, profile and format are kept. Colours that are wholly
    ///   transparent are not read.
    /// - Returns: What the tokens say of the picture, and the tokens.
    public func reconstruct(_ image: Image) -> (image: Image, tokens: TokenGrid) {
        let grid = tokens(of: image.withoutHiddenColours)
        return (picture(of: grid, like: image), grid)
    }
}
