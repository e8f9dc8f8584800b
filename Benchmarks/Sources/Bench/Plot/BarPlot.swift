/// Horizontal bars: one line a label, in it one bar a series, and a mark where the bars are meant to end at the latest.
struct BarPlot {
    struct Line {
        let label: String
        /// A value for each series; nil where it was not measured.
        let values: [Double?]
        var target: Double?
    }

    let title: String
    /// The name of the values, with their unit.
    let unit: String
    let series: [String]
    let lines: [Line]
    let scale: Axis.Scale
    /// Where bars begin: 0, or for ratios 1, to the left of which is what is better than the floor.
    let origin: Double

    /// The meaning of a mark; `nil` without marks.
    var targetName: String?

    private static let barHeight = 9.0
    private static let right = 60.0
    private static let top = 52.0
    private static let plotWidth = 420.0

    /// The drawing.
    var drawing: SVG {
        let left = 24 + 6.6 * Double(lines.map(\.label.count).max() ?? 0)
        let lineHeight = Self.barHeight * Double(series.count) + 6
        let bottom = Self.top + lineHeight * Double(lines.count)
        let shown = lines.flatMap { $0.values.compactMap(\.self) + [$0.target].compactMap(\.self) }
        let axis = Axis(scale, for: shown + [origin])
        let place = { (value: Double) in left + axis.position(of: value) * Self.plotWidth }
        var svg = SVG(title: title, width: left + Self.plotWidth + Self.right, height: bottom + 44)
        svg.text(title, x: 12, y: 20, style: "title")
        svg.legend(series, target: targetName, x: 12, y: 40)
        for tick in axis.ticks {
            let x = place(tick)
            svg.line([(x, Self.top), (x, bottom)], style: tick == origin ? "axis" : "grid")
            svg.text(Axis.label(tick), x: x, y: bottom + 14, .middle, style: "small")
        }
        svg.text(unit, x: left + Self.plotWidth / 2, y: bottom + 34, .middle)
        for (index, line) in lines.enumerated() {
            let y = Self.top + lineHeight * Double(index) + 3
            svg.text(line.label, x: left - 8, y: y + lineHeight / 2 + 1, .end)
            for (number, value) in line.values.enumerated() {
                guard let value else { continue }
                let barY = y + Self.barHeight * Double(number)
                svg.bar(from: place(origin), to: place(value), y: barY, height: Self.barHeight - 1, style: "f\(number)")
                svg.text(
                    scale == .linear ? Axis.label(value) : Table.ratio(value), x: max(place(value), place(origin)) + 4,
                    y: barY + Self.barHeight, style: "small")
            }
            if let target = line.target {
                svg.line([(place(target), y - 1), (place(target), y + lineHeight - 6)], style: "target")
            }
        }
        return svg
    }
}

extension SVG {
    /// Names of series with their colours, and what a mark means, in one line.
    fileprivate mutating func legend(_ series: [String], target: String?, x: Double, y: Double) {
        var x = x
        for (index, name) in series.enumerated() {
            bar(from: x, to: x + 18, y: y - 9, height: 9, style: "f\(index)")
            text(name, x: x + 23, y: y)
            x += 40 + 6.8 * Double(name.count)
        }
        guard let target else { return }
        line([(x, y - 10), (x, y)], style: "target")
        text(target, x: x + 7, y: y)
    }
}
