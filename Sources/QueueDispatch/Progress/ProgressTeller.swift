import QueueModel
import QueueStoreKit
import Synchronization

/// When subscribers are told how far the running jobs are: once an interval.
///
/// It is a part of the run loop, which asks it and wakes for it. The queue looks at the jobs instead of being called by them, so that
/// a report costs the same whether or not anybody listens, and the last of several reports is told even if the job then falls silent.
struct ProgressTeller {
    private let session: RunSession
    /// When it is time again; `nil` while nothing runs or nobody listens.
    private(set) var nextDue: Duration?

    init(_ session: RunSession) {
        self.session = session
    }

    /// The jobs to look at, if it is time.
    mutating func due(at now: Duration) -> [Execution] {
        guard session.core.events.wants(.progressed) else {
            nextDue = nil
            return []
        }
        if let nextDue, nextDue > now { return [] }
        let running = session.state.withLock { Array($0.running.values) }
        // The first look begins the interval: what has just started has nothing to tell.
        defer { nextDue = running.isEmpty ? nil : now + session.core.configuration.progressInterval }
        return nextDue == nil ? [] : running
    }
}
