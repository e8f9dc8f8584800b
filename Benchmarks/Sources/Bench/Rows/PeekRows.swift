import Floors
import QueueDispatch
import QueueModel

extension Row {
    /// The next job that would run, a thousand times over, since once is too short to be timed.
    static let peekRows: [Row] = [100, 1000, 5000].map { backlog in
        let name = "peek_next/\(backlog)"
        return Row(
            name: name, jobs: 1000,
            subject: .idle(name, filling: { try await $0.fill(backlog) }, expecting: [.pending: backlog]) { subject in
                for _ in 0..<1000 {
                    let next = try await subject.queue.inspector.peek()
                    try Mismatch.check("next job", expected: JobID(1), found: next?.id)
                }
            },
            references: [
                .floor(
                    name, filling: { try $0 { floor_submit($0, Int32(backlog), Int32(backlog), 1, 0) } },
                    expecting: StoredCounts(pending: backlog)
                ) { try $0 { floor_peek($0, 1000) } }
            ])
    }
}
