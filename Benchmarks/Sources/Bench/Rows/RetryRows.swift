import Floors
import QueueBackoff
import QueueDispatch
import QueueModel

extension Row {
    /// Rows whose jobs fail until their retries are used up.
    static let retryRows: [Row] =
        [
            deadLetter("constant", .constant(.zero, retries: retries), .fileNormal),
            deadLetter("constant", .constant(.zero, retries: retries), .fileFull),
            deadLetter("constant", .constant(.zero, retries: retries), .memory),
            deadLetter("linear", .linear(from: .zero, by: .zero, upTo: .zero, retries: retries), .memory),
            deadLetter("exponential", .exponential(from: .zero, upTo: .zero, retries: retries), .memory),
            deadLetter(
                "exponential_jitter", .exponential(from: .zero, upTo: .zero, jitter: .full, retries: retries), .memory),
        ]

    private static let retries = 3

    /// Jobs that fail, three times more without a delay, and end as dead letters.
    ///
    /// What computes the delay is no work of the store's, so
    /// the floor is the same for all strategies.
    private static func deadLetter(_ strategy: String, _ policy: RetryPolicy, _ store: StoreKind) -> Row {
        let name = name("retryable_dead_letter/\(strategy)", store)
        let jobs = 100
        let expected = StoredCounts(deadLettered: jobs, executions: jobs * (retries + 1), attempts: jobs * retries)
        return Row(
            name: name, store: store, jobs: jobs,
            subject: .through(
                name, jobs: jobs,
                Subject.Setting(behaviour: .fail) { $0.defaults = JobOptions(retry: policy) },
                executions: jobs * (retries + 1), ending: .deadLettered
            ) { try await $0.submit(jobs) },
            references: [
                .floor(name, [FLOOR_FINISHED, FLOOR_ATTEMPTS], expecting: expected) { store in
                    try store { floor_submit($0, Int32(jobs), 1, 1, 0) }
                    try store { floor_work_failing($0, 8, Int32(retries)) }
                }
            ])
    }
}
