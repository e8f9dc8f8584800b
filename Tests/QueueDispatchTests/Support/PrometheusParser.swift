/// A strict reader of the Prometheus text exposition format 0.0.4: what it does not throw at, every scraper reads.
///
/// Stricter than scrapers are: each metric has to have `HELP`, then `TYPE`, then all of its series and no others, no series may come twice, counters
/// end in `_total`, and the buckets of a histogram have to be cumulative and to agree with its count.
struct PrometheusParser {
    struct Fault: Error, CustomStringConvertible {
        var description: String
    }

    struct Series: Hashable {
        var name: String
        var labels: [String: String]
    }

    private(set) var types: [String: String] = [:]
    private(set) var values: [Series: Double] = [:]
    private var helps: Set<String> = []
    private var current: String?

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Fault(description: "the last line has no end") }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            do {
                try take(line)
            } catch {
                throw Fault(description: "\(error): \(line)")
            }
        }
        for (name, type) in types where type == "histogram" { try checkHistogram(name) }
    }

    /// The value of a series.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        values[Series(name: name, labels: labels)]
    }

    private mutating func take(_ line: Substring) throws {
        if line.hasPrefix("# HELP ") {
            let name = try Self.metricName(line.dropFirst(7).prefix { $0 != " " })
            guard helps.insert(name).inserted else { throw Fault(description: "described twice") }
            current = name
        } else if line.hasPrefix("# TYPE ") {
            let words = line.dropFirst(7).split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2, let name = words.first.map(String.init), name == current, types[name] == nil,
                ["counter", "gauge", "histogram"].contains(words[1])
            else { throw Fault(description: "a TYPE that is out of place") }
            if words[1] == "counter", !name.hasSuffix("_total") { throw Fault(description: "a counter's name") }
            types[name] = String(words[1])
        } else {
            try takeSeries(line)
        }
    }

    private mutating func takeSeries(_ line: Substring) throws {
        var rest = line[...]
        let name = try Self.metricName(rest.prefix { $0 != "{" && $0 != " " })
        rest = rest.dropFirst(name.count)
        let labels = rest.first == "{" ? try Self.labels(&rest) : [:]
        guard rest.first == " " else { throw Fault(description: "no blank before the value") }
        let value = try Self.number(rest.dropFirst())
        guard let current, let type = types[current] else { throw Fault(description: "a series before its TYPE") }
        let suffixes = type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { name == current + $0 }) else { throw Fault(description: "not of \(current)") }
        if type == "counter", !(value >= 0) { throw Fault(description: "a counter below zero") }
        guard values.updateValue(value, forKey: Series(name: name, labels: labels)) == nil else {
            throw Fault(description: "a series that came before")
        }
    }

    private static func isLetter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character == "_")
    }

    private static func metricName(_ text: Substring) throws -> String {
        guard let first = text.first, isLetter(first), text.allSatisfy({ isLetter($0) || "0"..."9" ~= $0 }) else {
            throw Fault(description: "no name")
        }
        return String(text)
    }

    private static func labels(_ rest: inout Substring) throws -> [String: String] {
        var labels: [String: String] = [:]
        repeat {
            // The brace or the comma.
            rest = rest.dropFirst()
            let name = try metricName(rest.prefix { $0 != "=" })
            if name.hasPrefix("__") { throw Fault(description: "a reserved label") }
            rest = rest.dropFirst(name.count)
            guard rest.hasPrefix("=\"") else { throw Fault(description: "no value of a label") }
            rest = rest.dropFirst(2)
            var value = ""
            while let character = rest.popFirst(), character != "\"" {
                guard character == "\\" else {
                    value.append(character)
                    continue
                }
                switch rest.popFirst() {
                case "\\": value.append("\\")
                case "\"": value.append("\"")
                case "n": value.append("\n")
                default: throw Fault(description: "an escape that there is none of")
                }
            }
            guard labels.updateValue(value, forKey: name) == nil else { throw Fault(description: "a label twice") }
        } while rest.first == ","
        guard rest.popFirst() == "}" else { throw Fault(description: "labels without an end") }
        return labels
    }

    private static func number(_ text: Substring) throws -> Double {
        switch text {
        case "+Inf": return .infinity
        case "-Inf": return -.infinity
        case "NaN": return .nan
        default:
            guard text.first?.isASCII == true, text.allSatisfy({ "0123456789+-.e".contains($0) }),
                let value = Double(text)
            else { throw Fault(description: "no number") }
            return value
        }
    }

    /// Checks each of a histogram's series.
    private func checkHistogram(_ name: String) throws {
        var buckets: [[String: String]: [(bound: Double, count: Double)]] = [:]
        for (series, value) in values where series.name == name + "_bucket" {
            var labels = series.labels
            guard let bound = labels.removeValue(forKey: "le") else { throw Fault(description: "\(name) without le") }
            buckets[labels, default: []].append((try Self.number(bound[...]), value))
        }
        let counts = values.filter { $0.key.name == name + "_count" }
        guard counts.count == buckets.count else { throw Fault(description: "\(name) has counts without buckets") }
        for (labels, buckets) in buckets {
            let sorted = buckets.sorted { $0.bound < $1.bound }
            guard sorted.last?.bound == .infinity, sorted.last?.count == value(name + "_count", labels),
                value(name + "_sum", labels) != nil,
                zip(sorted, sorted.dropFirst()).allSatisfy({ $0.count <= $1.count })
            else { throw Fault(description: "\(name) \(labels) is no histogram") }
        }
    }
}
