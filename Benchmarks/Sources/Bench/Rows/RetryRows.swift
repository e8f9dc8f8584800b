import Floors

extension Row {
    /// Rows whose jobs fail until their retries are used up.
    static let retryRows: [Row] =
        [
            deadLetter("retryable_dead_letter/constant", .fileNormal),
            deadLetter("retryable_dead_letter/constant", .fileFull),
        ]
        + ["constant", "linear", "exponential", "exponential_jitter"].map {
            deadLetter("retryable_dead_letter/\($0)", .memory)
        }

    /// Jobs that fail, three times more without a delay, and end as dead letters.
    ///
    /// What computes the delay is no work of the store's, so
    /// the floor is the same for all strategies.
    private static func deadLetter(_ base: String, _ store: StoreKind) -> Row {
        let name = name(base, store)
        let (jobs, retries) = (100, 3)
        let expected = StoredCounts(deadLettered: jobs, executions: jobs * (retries + 1), attempts: jobs * retries)
        return Row(
            name: name, store: store, jobs: jobs,
            references: [
                .floor(name, [FLOOR_FINISHED, FLOOR_ATTEMPTS], expecting: expected) { store in
                    try store { floor_submit($0, Int32(jobs), 1, 1, 0) }
                    try store { floor_work_failing($0, 8, Int32(retries)) }
                }
            ])
    }
}
