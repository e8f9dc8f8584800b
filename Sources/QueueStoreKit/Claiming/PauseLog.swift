package import QueueModel

/// A log of the times for which parts of a store's jobs were paused, which don't count as waiting.
///
/// Stores keep both the pauses in force and those that were lifted.
package struct PauseLog: Sendable {
    private var spans: [Pause.Target: [Span]] = [:]

    /// A time for which a part was paused, in milliseconds since 1970.
    package struct Span: Hashable, Sendable {
        package var from: Int64
        package var until: Int64

        package init(from: Int64, until: Int64) {
            self.from = from
            self.until = until
        }
    }

    /// The number of lifted pauses that a store keeps: jobs that waited through older ones have long reached their
    /// ceiling.
    package static let capacity = 1024

    /// Creates a log without pauses.
    package init() {}

    /// Whether nothing was ever paused.
    package var isEmpty: Bool { spans.isEmpty }

    /// Adds a pause; one in force has no end but its own.
    package mutating func add(_ target: Pause.Target, from: Timestamp, until: Timestamp?) {
        let end = until?.milliseconds ?? .max
        guard from.milliseconds < end else { return }
        spans[target, default: []].append(Span(from: from.milliseconds, until: end))
    }

    /// Returns the number of milliseconds between two instants for which the queue, a domain or a group was paused.
    ///
    /// Overlapping pauses count once. The cost is that of sorting the pauses.
    package func held(domain: String, group: String?, from start: Int64, until end: Int64) -> Int64 {
        if spans.isEmpty || start >= end { return 0 }
        var found = spans[.queue] ?? []
        found += spans[.domain(domain)] ?? []
        if let group { found += spans[.group(group)] ?? [] }
        var total: Int64 = 0
        var covered = start
        for span in found.sorted(by: { $0.from < $1.from }) {
            let from = max(span.from, covered)
            let until = min(span.until, end)
            guard from < until else { continue }
            // Instants as far apart as can be written are more than can be counted.
            let (span, overflow) = until.subtractingReportingOverflow(from)
            let (sum, sumOverflow) = total.addingReportingOverflow(span)
            if overflow || sumOverflow { return .max }
            total = sum
            covered = until
        }
        return total
    }
}
