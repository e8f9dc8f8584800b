package import QueueModel

/// For how long parts of a store's jobs were held: what waiting leaves out (rule D5).
///
/// A value over the holds that lie and those that were lifted; stores keep both.
package struct PauseLog: Sendable {
    private var spans: [Pause.Target: [Span]] = [:]

    /// A time for which a part was held, in milliseconds since 1970.
    package struct Span: Hashable, Sendable {
        package var from: Int64
        package var until: Int64

        package init(from: Int64, until: Int64) {
            self.from = from
            self.until = until
        }
    }

    /// How many lifted holds a store keeps: older ones no longer count, and what waited through them has long reached its ceiling.
    package static let capacity = 1024

    /// A log without holds.
    package init() {}

    /// Whether nothing was ever held.
    package var isEmpty: Bool { spans.isEmpty }

    /// Adds a hold; one that lies has no end but its own.
    package mutating func add(_ target: Pause.Target, from: Timestamp, until: Timestamp?) {
        let end = until?.milliseconds ?? .max
        guard from.milliseconds < end else { return }
        spans[target, default: []].append(Span(from: from.milliseconds, until: end))
    }

    /// For how many milliseconds between two instants the queue, a domain or a group was held.
    ///
    /// Several holds at once count once. Costs a sort of the holds in between.
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
