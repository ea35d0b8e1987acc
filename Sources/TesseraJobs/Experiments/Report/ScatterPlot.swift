import Glibc
import TesseraPipeline

/// Points with vertical intervals over a logarithmic axis, as SVG.
///
/// Points of a series are joined by lines; a series whose only points lie at 0, which has no
/// logarithm, is a dashed line across.
public struct ScatterPlot: Sendable {
    /// A point and its interval.
    public struct Point: Hashable, Sendable {
        /// Where it lies along the logarithmic axis, not negative.
        public var x: Double

        /// Its height.
        public var y: Double

        /// Half the height of its interval.
        public var halfWidth: Double

        /// Makes a point.
        ///
        /// - Parameters:
        ///   - x: Where it lies along the logarithmic axis, not negative.
        ///   - y: Its height.
        ///   - halfWidth: Half the height of its interval.
        public init(x: Double, y: Double, halfWidth: Double) {
            self.x = x
            self.y = y
            self.halfWidth = halfWidth
        }
    }

    /// Points that belong together.
    public struct Series: Hashable, Sendable {
        /// What the legend calls them.
        public var name: String

        /// The points.
        public var points: [Point]

        /// Names points.
        ///
        /// - Parameters:
        ///   - name: What the legend calls them.
        ///   - points: The points.
        public init(name: String, points: [Point]) {
            self.name = name
            self.points = points
        }
    }

    private let title: String
    private let xLabel: String
    private let yLabel: String
    private let series: [Series]

    private static let frame = (left: 60.0, top: 30.0, width: 420.0, height: 300.0)

    /// Colours that readers with any colour vision tell apart, of Okabe and Ito (2008).
    private static let colours = [
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8a7f00",
    ]

    /// Plans a plot.
    ///
    /// - Parameters:
    ///   - title: What stands above.
    ///   - xLabel: What the logarithmic axis counts.
    ///   - yLabel: What the other axis counts, with its unit.
    ///   - series: The points.
    public init(title: String, xLabel: String, yLabel: String, series: [Series]) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
    }

    /// The plot as an SVG document.
    public var svg: String {
        let frame = Self.frame
        let height = max(frame.top + frame.height + 50, frame.top + 20 + 18 * Double(series.count))
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" width="760" height="\(Int(height))" \
            font-family="sans-serif" font-size="12">
            <rect width="100%" height="100%" fill="white"/>
            <rect x="\(frame.left)" y="\(frame.top)" width="\(frame.width)" \
            height="\(frame.height)" fill="none" stroke="#888"/>

            """
        text += label(title, frame.left + frame.width / 2, 18, anchor: "middle")
        text += label(
            xLabel, frame.left + frame.width / 2, frame.top + frame.height + 38, anchor: "middle")
        text += label(yLabel, 6, 18, anchor: "start")
        for tick in yTicks {
            text += line(
                from: (frame.left, y(tick)), to: (frame.left + frame.width, y(tick)),
                style: "stroke=\"#ddd\"")
            text += label(fixed(tick, 1), frame.left - 6, y(tick) + 4, anchor: "end")
        }
        for tick in xTicks {
            text += label(
                tick < 1 ? "\(tick)" : fixed(tick, 0), x(tick), frame.top + frame.height + 16,
                anchor: "middle")
        }
        for (number, series) in series.enumerated() { text += drawn(series, number) }
        return text + "</svg>\n"
    }

    private func drawn(_ series: Series, _ number: Int) -> String {
        let frame = Self.frame
        let colour = Self.colours[number % Self.colours.count]
        let stroke = "stroke=\"\(colour)\" stroke-width=\"1.5\""
        let legend = (x: frame.left + frame.width + 20, y: frame.top + 12 + 18 * Double(number))
        var text = line(
            from: (legend.x, legend.y), to: (legend.x + 18, legend.y), style: stroke)
        text += label(series.name, legend.x + 24, legend.y + 4, anchor: "start")
        let points = series.points.filter { $0.x > 0 }.sorted { $0.x < $1.x }
        if points.isEmpty, let point = series.points.first {
            return text
                + line(
                    from: (frame.left, y(point.y)), to: (frame.left + frame.width, y(point.y)),
                    style: stroke + " stroke-dasharray=\"5 4\"")
        }
        for (first, second) in zip(points, points.dropFirst()) {
            text += line(
                from: (x(first.x), y(first.y)), to: (x(second.x), y(second.y)), style: stroke)
        }
        for point in points {
            text += line(
                from: (x(point.x), y(point.y - point.halfWidth)),
                to: (x(point.x), y(point.y + point.halfWidth)),
                style: "stroke=\"\(colour)\" stroke-opacity=\"0.4\"")
            text +=
                "<circle cx=\"\(fixed(x(point.x), 1))\" cy=\"\(fixed(y(point.y), 1))\" r=\"3.5\" "
            text += "fill=\"\(colour)\"/>\n"
        }
        return text
    }

    // Axes.

    private var yRange: ClosedRange<Double> {
        let points = series.flatMap(\.points)
        let least = points.map { $0.x > 0 ? $0.y - $0.halfWidth : $0.y }.min() ?? 0
        let most = points.map { $0.x > 0 ? $0.y + $0.halfWidth : $0.y }.max() ?? 1
        let margin = max((most - least) * 0.05, 0.05)
        return least - margin ... most + margin
    }

    private var xRange: ClosedRange<Double> {
        let places = series.flatMap(\.points).map(\.x).filter { $0 > 0 }
        return log(places.min() ?? 1) - 0.3 ... log(places.max() ?? 10) + 0.3
    }

    private func x(_ value: Double) -> Double {
        let part = (log(value) - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound)
        return Self.frame.left + part * Self.frame.width
    }

    private func y(_ value: Double) -> Double {
        let part = (value - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound)
        return Self.frame.top + (1 - part) * Self.frame.height
    }

    private var yTicks: [Double] {
        let span = yRange.upperBound - yRange.lowerBound
        let step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20].first { span / $0 <= 8 } ?? 50
        return stride(
            from: (yRange.lowerBound / step).rounded(.up) * step, through: yRange.upperBound,
            by: step
        ).map(\.self)
    }

    private var xTicks: [Double] {
        // Counts are whole numbers, and what is below one is no count.
        let values = series.flatMap(\.points).map { $0.x < 1 ? $0.x : $0.x.rounded() }
        var places = Set(values).filter { $0 > 0 }.sorted()
        // Labels need room: of neighbours the first stays.
        var last = -Double.infinity
        places.removeAll { place in
            if x(place) - last < 28 { return true }
            last = x(place)
            return false
        }
        return places
    }

    // Marks.

    private func line(
        from start: (Double, Double), to end: (Double, Double), style: String
    ) -> String {
        "<line x1=\"\(fixed(start.0, 1))\" y1=\"\(fixed(start.1, 1))\" x2=\"\(fixed(end.0, 1))\" "
            + "y2=\"\(fixed(end.1, 1))\" \(style)/>\n"
    }

    private func label(_ text: String, _ x: Double, _ y: Double, anchor: String) -> String {
        let escaped = String(
            text.flatMap { $0 == "&" ? "&amp;" : $0 == "<" ? "&lt;" : String($0) })
        return "<text x=\"\(fixed(x, 1))\" y=\"\(fixed(y, 1))\" text-anchor=\"\(anchor)\">"
            + "\(escaped)</text>\n"
    }
}
