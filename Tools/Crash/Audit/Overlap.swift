package import QueueModel

/// Returns the largest number of simultaneous spans.
package enum Overlap {
    /// The period in which an executor worked on a job.
    package struct Span: Sendable {
        /// The job.
        package var id: JobID
        /// The time; the end is not part of it.
        package var time: Range<Int64>

        /// Creates a span.
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
