package import QueueModel

/// How many of a set of spans of time there are at once.
package enum Overlap {
    /// From when to when somebody worked on a job.
    package struct Span: Sendable {
        /// The job.
        package var id: JobID
        /// The time; the end is not part of it.
        package var time: Range<Int64>

        /// Makes a span.
        package init(_ id: JobID, _ time: Range<Int64>) {
            self.id = id
            self.time = time
        }
    }

    /// The jobs that were worked on at the first instant at which they were too many; `nil` if they never were.
    package static func excess(of spans: [Span], over limit: Int) -> [JobID]? {
        var open: [Span] = []
        for span in spans.sorted(by: { $0.time.lowerBound < $1.time.lowerBound }) where !span.time.isEmpty {
            open.removeAll { $0.time.upperBound <= span.time.lowerBound }
            open.append(span)
            if open.count > limit { return open.map(\.id) }
        }
        return nil
    }
}
