import TesseraTensor
import TesseraTokens
import Testing

@Suite struct RectangleTests {
    /// Two channels of 3 × 4 pixels, each value its own index.
    private let picture = Tensor<Float>(shape: [1, 3, 4, 2], elements: (0 ..< 24).map(Float.init))

    @Test func aRectangleIsCopiedRowByRow() {
        let part = picture.pixels(in: PixelRectangle(top: 1, left: 2, height: 2, width: 1))
        #expect(part.shape == [1, 2, 1, 2])
        #expect(part.elements == [12, 13, 20, 21])
    }

    @Test(arguments: [(0, 0, 3, 4), (2, 3, 1, 1), (0, 1, 2, 3)])
    func whatWasCopiedOutAndPutBackChangesNothing(
        top: Int, left: Int, height: Int, width: Int
    ) {
        let rectangle = PixelRectangle(top: top, left: left, height: height, width: width)
        var copy = picture
        copy.replacePixels(in: rectangle, with: picture.pixels(in: rectangle))
        #expect(copy.elements == picture.elements)
        let marks = Tensor<Float>(shape: [1, height, width, 2], repeating: -1)
        copy.replacePixels(in: rectangle, with: marks)
        #expect(copy.elements.filter { $0 == -1 }.count == height * width * 2)
        #expect(copy.pixels(in: rectangle).elements == marks.elements)
    }

    @Test func aRectangleIsWidenedAsFarAsThePictureGoes() {
        let rectangle = PixelRectangle(top: 3, left: 1, height: 4, width: 5)
        #expect(
            rectangle.widened(by: 2, within: PixelRectangle(height: 20, width: 7))
                == PixelRectangle(top: 1, left: 0, height: 8, width: 7))
    }

    @Test func aPartIsTheSamePartWhereverItIsCountedFrom() {
        let outer = PixelRectangle(top: 3, left: 1, height: 4, width: 5)
        let inner = PixelRectangle(top: 1, left: 2, height: 2, width: 3)
        #expect(outer.part(inner) == PixelRectangle(rows: 4 ..< 6, columns: 3 ..< 6))
        #expect(outer.part(inner).relative(to: outer) == inner)
    }

    @Test func positionsStandForSquaresOfPixelsInsideTheImage() {
        let positions = PositionRectangle(rows: 1 ..< 3, columns: 0 ..< 2)
        #expect(
            positions.pixels(side: 8, height: 100, width: 13)
                == PixelRectangle(rows: 8 ..< 24, columns: 0 ..< 13))
    }
}
