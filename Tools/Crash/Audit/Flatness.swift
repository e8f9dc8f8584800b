/// Whether what a queue takes does not grow with time (invariant I10): the last quarter of a run is held against its
/// second.
///
/// The first quarter is for warming up. Of each figure the medians of the quarters are compared, so that a single slow
/// moment of the machine counts for nothing, and of sizes that swing, such as the log's, the highest.
package struct Flatness: Sendable {
    /// A figure of the second quarter and of the last.
    package struct Trend: Sendable {
        /// What it is.
        package var name: String
        /// In the second quarter.
        package var before: Double
        /// In the last.
        package var after: Double
        /// The highest value that the last may have.
        package var limit: Double

        /// Whether it has not grown.
        package var isFlat: Bool { after <= limit }
    }

    /// All figures.
    package let trends: [Trend]

    /// Judges samples in the order of their time; `nil` if they are fewer than two a quarter.
    ///
    /// - Parameters:
    ///   - samples: The samples.
    ///   - judgesTail: Whether the 99th percentile counts. Where a sample has few submissions it is the slowest one,
    ///     and tells what else the machine had to do.
    package init?(_ samples: [SoakSample], judgesTail: Bool = true) {
        guard samples.count >= 8 else { return nil }
        let quarter = samples.count / 4
        let before = samples[quarter..<2 * quarter]
        let after = samples[(samples.count - quarter)...]
        func trend(
            _ name: String, _ figure: (SoakSample) -> Double, _ summary: ([Double]) -> Double, factor: Double,
            slack: Double
        ) -> Trend {
            let start = summary(before.map(figure))
            return Trend(name: name, before: start, after: summary(after.map(figure)), limit: start * factor + slack)
        }
        let mebibyte = 1_048_576.0
        trends = [
            trend("memory", \.memory, Self.median, factor: 1.1, slack: 4 * mebibyte),
            trend("file", \.file, Self.median, factor: 1.1, slack: 0.5 * mebibyte),
            trend("log", \.log, Self.highest, factor: 1.25, slack: mebibyte),
            trend("descriptors", \.descriptors, Self.highest, factor: 1, slack: 4),
            trend("threads", \.threads, Self.highest, factor: 1, slack: 4),
            trend("active jobs", \.active, Self.median, factor: 1.5, slack: 200),
            trend("p50", \.median, Self.median, factor: 2, slack: 1),
            trend("p99", \.p99, Self.median, factor: 2, slack: judgesTail ? 20 : .infinity),
        ]
    }

    /// Whether nothing has grown.
    package var isFlat: Bool { trends.allSatisfy(\.isFlat) }

    /// The figure of a name.
    package subscript(name: String) -> Trend? { trends.first { $0.name == name } }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }

    private static func highest(_ values: [Double]) -> Double { values.max() ?? 0 }
}
