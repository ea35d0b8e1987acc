import TesseraExemplar
import TesseraInverse
import Testing

@Suite struct PixelAreaTests {
    @Test func holdsThePixelsAndTheirNeighbours() throws {
        let (height, width) = (9, 7)
        for places in [
            [0], [62], [6], [56], [30], [8, 10, 24], [13, 14], [0, 62], [3, 31, 59],
            Array(0 ..< 63),
        ] {
            let area = try #require(PixelArea(around: places, height: height, width: width))
            var near: Set<Int> = []
            for place in places {
                for (y, x) in [(0, 0), (0, 1), (1, 0), (0, -1), (-1, 0)] {
                    let (row, column) = (place / width + y, place % width + x)
                    guard (0 ..< height).contains(row), (0 ..< width).contains(column) else {
                        continue
                    }
                    near.insert(row * width + column)
                }
            }
            let rows = near.map { $0 / width }
            let columns = near.map { $0 % width }
            #expect(area.height == (rows.max() ?? 0) - (rows.min() ?? 0) + 1)
            #expect(area.width == (columns.max() ?? 0) - (columns.min() ?? 0) + 1)
            // A flag of each pixel alone is found where its index says.
            for pixel in near {
                let part = area.part(of: (0 ..< height * width).map { $0 == pixel })
                #expect(part.count == area.height * area.width)
                #expect(part.indices.filter { part[$0] } == [area.index(pixel)])
            }
        }
    }

    @Test func thereIsNoneAroundNothing() {
        #expect(PixelArea(around: [], height: 4, width: 4) == nil)
    }
}
