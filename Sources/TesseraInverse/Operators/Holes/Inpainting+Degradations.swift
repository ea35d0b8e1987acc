public import TesseraTensor

extension Degradation {
    /// A square is missing, in the middle or at a place by chance.
    public static let inpaintBox = Degradation(
        name: "inpaint-box", summary: "a square is missing, in the middle unless told otherwise",
        hasMask: true,
        accepted: [.boxSide, .boxPlace], classicalMethod: "smooth"
    ) { parameters, height, width, random in
        let side = parameters.boxSide
        let (top, left) =
            switch parameters.boxPlace {
            case .middle: ((height - side) / 2, (width - side) / 2)
            case .random:
                (
                    start(of: side, in: height, random.uniform(step: 0, position: 0)),
                    start(of: side, in: width, random.uniform(step: 0, position: 1))
                )
            }
        return Inpainting(
            mask: PixelMask(
                height: height, width: width, rows: top ..< top + side,
                columns: left ..< left + side))
    }

    /// A region with a smooth outline is missing, somewhere.
    public static let inpaintBlob = Degradation(
        name: "inpaint-blob",
        summary: "a blob of 12 % of the area is missing, somewhere; every picture has another one",
        hasMask: true, classicalMethod: "smooth"
    ) { _, height, width, random in
        Inpainting(mask: PixelMask(height: height, width: width, blob: 0.12, random: random))
    }

    /// Most pixels are missing, anywhere; papers have 70 or 90 %.
    public static let inpaintRandom = Degradation(
        name: "inpaint-random",
        summary: "70 % of the pixels are missing; missing pixels are gray, and white in the mask",
        hasMask: true, accepted: [.missing], classicalMethod: "smooth"
    ) { parameters, height, width, random in
        Inpainting(
            mask: PixelMask(
                height: height, width: width, fraction: parameters.missing, random: random))
    }

    /// How far a hole at a place by chance stays from the border, where there is room, in pixels.
    fileprivate static let distanceFromBorder = 16

    /// Where a square begins along an axis, by a number between 0 and 1.
    private static func start(of side: Int, in extent: Int, _ chance: Float) -> Int {
        guard side < extent else { return (extent - side) / 2 }
        let room = extent - side
        let margin = room >= 2 * distanceFromBorder ? distanceFromBorder : 0
        return margin + Int(chance * Float(room - 2 * margin + 1))
    }
}

extension PixelMask {
    /// Makes a mask in which one region with a smooth outline is missing, somewhere.
    ///
    /// The outline is a circle whose radius is multiplied by a short Fourier series of the angle with
    /// coefficients by chance. Of all pixels those with the least distance from the centre, in multiples
    /// of the radius in their direction, are missing, so that the part is met exactly and the region is in
    /// one piece. It lies as the box of ``BoxPlace/random`` does: 16 pixels from the border where there
    /// is room; where it does not fit, the border cuts it and it grows elsewhere.
    ///
    /// - Parameters:
    ///   - height: The number of rows of pixels.
    ///   - width: The number of columns of pixels.
    ///   - fraction: The missing part, in [0, 1]; the count is rounded to the nearest whole pixel.
    ///   - random: The source of outline and place.
    public init(height: Int, width: Int, blob fraction: Double, random: RandomSource) {
        precondition(
            fraction >= 0 && fraction <= 1, "A part lies in [0, 1], but got \(fraction)")
        let count = Int((fraction * Double(height * width)).rounded())
        let outline = BlobOutline(random)
        let extents = outline.extents(ofArea: Double(count))
        func centre(_ before: Double, _ after: Double, in extent: Int, _ position: Int) -> Double {
            let margin = Double(Degradation.distanceFromBorder)
            let room = Double(extent) - before - after
            guard room > 0 else { return before + room / 2 }
            let kept = room >= 2 * margin ? margin : 0
            let chance = Double(random.uniform(step: 0, position: position))
            return before + kept + chance * (room - 2 * kept)
        }
        let y = centre(extents.top, extents.bottom, in: height, 0)
        let x = centre(extents.left, extents.right, in: width, 1)
        let distances = (0 ..< height * width).map { index in
            outline.distance(Double(index / width) + 0.5 - y, Double(index % width) + 0.5 - x)
        }
        let order = distances.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
        var isHole = [Bool](repeating: false, count: height * width)
        for index in order.prefix(count) { isHole[index] = true }
        self.init(height: height, width: width, isHole: isHole)
    }
}

/// The outline of a blob around its centre: a radius for every direction.
private struct BlobOutline {
    /// The coefficients of cosines and sines of two, three and more turns.
    private let coefficients: [(cosine: Double, sine: Double)]

    /// Draws an outline.
    init(_ random: RandomSource) {
        coefficients = (2 ... 6).map { order in
            func coefficient(_ draw: Int) -> Double {
                (2 * Double(random.uniform(step: 0, position: order, draw: draw)) - 1)
                    * BlobOutline.roughness / Double(order)
            }
            return (coefficient(0), coefficient(1))
        }
    }

    /// The largest coefficient, times its order.
    private static let roughness = 0.55

    /// The least radius, so that no outline ties itself off.
    private static let leastRadius = 0.4

    /// The distance of a place from the centre in multiples of the radius there.
    ///
    /// Turns are powers of a complex number: no sine differs between systems.
    func distance(_ y: Double, _ x: Double) -> Double {
        let length = (y * y + x * x).squareRoot()
        guard length > 0 else { return 0 }
        let (cosine, sine) = (x / length, y / length)
        var (real, imaginary) = (cosine, sine)
        var radius = 1.0
        for coefficient in coefficients {
            (real, imaginary) = (
                real * cosine - imaginary * sine, real * sine + imaginary * cosine
            )
            radius += coefficient.cosine * real + coefficient.sine * imaginary
        }
        return length / max(radius, BlobOutline.leastRadius)
    }

    /// How far the outline of an area reaches from the centre in each direction.
    func extents(
        ofArea area: Double
    ) -> (top: Double, bottom: Double, left: Double, right: Double) {
        // Points of a diamond lie in directions enough, and near one another's.
        let side = 64
        let directions = (0 ..< 4 * side).map { index -> (y: Double, x: Double) in
            let part = Double(index % side) / Double(side)
            let corner = (y: 1 - part, x: part)
            return switch index / side {
            case 0: (corner.y, corner.x)
            case 1: (-corner.x, corner.y)
            case 2: (-corner.y, -corner.x)
            default: (corner.x, -corner.y)
            }
        }
        let points = directions.map { direction in
            let scale = 1 / distance(direction.y, direction.x)
            return (y: direction.y * scale, x: direction.x * scale)
        }
        var doubled = 0.0
        for (point, next) in zip(points, points.dropFirst() + points.prefix(1)) {
            doubled += point.y * next.x - point.x * next.y
        }
        let scale = (2 * area / max(doubled.magnitude, 1e-9)).squareRoot()
        return (
            top: -scale * (points.map(\.y).min() ?? 0),
            bottom: scale * (points.map(\.y).max() ?? 0),
            left: -scale * (points.map(\.x).min() ?? 0), right: scale * (points.map(\.x).max() ?? 0)
        )
    }
}
