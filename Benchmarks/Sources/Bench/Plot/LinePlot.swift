/// Curves over points that the rows name: backlogs, concurrencies, percentiles.
struct LinePlot {
    struct Series {
        let name: String
        /// A value for each of the plot's points; nil where it was not measured.
        let values: [Double?]
        /// The number of its colour; what belongs together has the same.
        let color: Int
        /// For what is not the queue's, but what it is measured against.
        var isDashed = false
    }

    struct Point {
        let label: String
        /// Its position beside the others, on a scale of its own.
        let place: Double
    }

    let title: String
    /// The meaning of the points.
    let pointsName: String
    /// The points in the order of their places.
    let points: [Point]
    /// The name of the values, with their unit.
    let unit: String
    let scale: Axis.Scale
    let series: [Series]

    private static let (left, plotWidth, plotHeight) = (64.0, 440.0, 240.0)

    /// The number of series names that fit in one line.
    private var namesPerLine: Int {
        max(1, Int(504 / (46 + 6.8 * Double(series.map(\.name.count).max() ?? 0))))
    }

    /// The drawing.
    var drawing: SVG {
        let axis = Axis(scale, for: series.flatMap { $0.values.compactMap(\.self) })
        let top = 64 + 16 * Double((series.count + namesPerLine - 1) / namesPerLine)
        let bottom = top + Self.plotHeight
        let breadth = points[points.count - 1].place - points[0].place
        let x = { (index: Int) in
            let distance = points[index].place - points[0].place
            return Self.left + 20 + (Self.plotWidth - 40) * (breadth > 0 ? distance / breadth : 0.5)
        }
        let y = { (value: Double) in bottom - axis.position(of: value) * Self.plotHeight }
        var svg = SVG(title: title, width: Self.left + Self.plotWidth + 16, height: bottom + 48)
        svg.text(title, x: 12, y: 20, style: "title")
        for tick in axis.ticks {
            svg.line([(Self.left, y(tick)), (Self.left + Self.plotWidth, y(tick))], style: "grid")
            svg.text(Axis.label(tick), x: Self.left - 6, y: y(tick) + 4, .end, style: "small")
        }
        svg.text(unit, x: 12, y: top - 12, style: "small")
        svg.line([(Self.left, bottom), (Self.left + Self.plotWidth, bottom)], style: "axis")
        for (index, point) in points.enumerated() {
            svg.text(point.label, x: x(index), y: bottom + 16, .middle, style: "small")
        }
        svg.text(pointsName, x: Self.left + Self.plotWidth / 2, y: bottom + 36, .middle)
        for (number, series) in series.enumerated() {
            let name = (number % namesPerLine, number / namesPerLine)
            let style = "curve s\(series.color)\(series.isDashed ? " dashed" : "")"
            let (keyX, keyY) = (12 + 504 / Double(namesPerLine) * Double(name.0), 40 + 16 * Double(name.1))
            svg.line([(keyX, keyY - 4), (keyX + 18, keyY - 4)], style: style)
            svg.text(series.name, x: keyX + 23, y: keyY)
            let measured = series.values.enumerated().compactMap { index, value in value.map { (x: x(index), y: y($0)) }
            }
            svg.line(measured, style: style)
            for point in measured { svg.dot(x: point.x, y: point.y, style: "f\(series.color)") }
        }
        return svg
    }
}
