import Foundation

/// A drawing in SVG, element by element.
///
/// Text stays text in the system's font, and colours come from one style sheet that has a light and a dark side, so
/// that a drawing can be read and searched on either background, and its source be compared line by line.
struct SVG {
    enum Anchor: String { case start, middle, end }

    let title: String
    let width: Double
    let height: Double
    private var elements: [String] = []

    init(title: String, width: Double, height: Double) {
        self.title = title
        self.width = width
        self.height = height
    }

    mutating func text(_ text: String, x: Double, y: Double, _ anchor: Anchor = .start, style: String? = nil) {
        let style = style.map { " class=\"\($0)\"" } ?? ""
        let anchor = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
        elements.append(
            "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\"\(anchor)\(style)>\(Self.escaped(text))</text>")
    }

    /// A line between points: an axis, a mark, or a curve.
    mutating func line(_ points: [(x: Double, y: Double)], style: String) {
        let points = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
        elements.append("<polyline class=\"\(style)\" points=\"\(points)\"/>")
    }

    mutating func dot(x: Double, y: Double, style: String) {
        elements.append("<circle class=\"\(style)\" cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"3\"/>")
    }

    /// A rectangle between two horizontal positions, whichever is the smaller.
    mutating func bar(from start: Double, to end: Double, y: Double, height: Double, style: String) {
        let (left, width) = (min(start, end), abs(end - start))
        elements.append(
            "<rect class=\"\(style)\" x=\"\(Self.number(left))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\""
                + " height=\"\(Self.number(height))\"/>")
    }

    /// The file's text.
    var source: String {
        let (width, height) = (Self.number(width), Self.number(height))
        let head = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" role="img">
            <title>\(Self.escaped(title))</title>
            <style>\(Self.styles)</style>
            """
        return ([head] + elements + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    /// The colours of the series, by their numbers.
    private static let colors = ["#3b82f6", "#e8833a", "#2f9e6e", "#9b6dd6", "#d1495b", "#8b949e"]

    /// Series are coloured for both backgrounds; what is written and the grid follow the reader's.
    private static let styles: String = {
        let series = colors.enumerated().map { index, color in
            ".s\(index){stroke:\(color)} .f\(index){fill:\(color)}"
        }
        return """

            text{font:12px system-ui,sans-serif;fill:#424a53} .title{font-size:14px;font-weight:600} .small{font-size:10px}
            .grid{stroke:#8b949e;stroke-opacity:.3} .axis{stroke:#8b949e} .target{stroke:#24292f;stroke-width:2}
            .curve{fill:none;stroke-width:2} .dashed{stroke-dasharray:5 4}
            \(series.joined(separator: " "))
            @media (prefers-color-scheme:dark){text{fill:#c9d1d9} .target{stroke:#f0f6fc}}

            """
    }()

    /// At most one digit after the point: a tenth of a pixel is not seen.
    private static func number(_ value: Double) -> String {
        let text = String(format: "%.1f", value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;")
    }
}
