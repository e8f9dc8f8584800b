import Floors

extension Row {
    /// Rows that submit jobs and run all of them.
    static let dispatchRows: [Row] =
        StoreKind.allCases.map { through("dispatch_and_complete_1000", $0, jobs: 1000, concurrency: 8) }
        + StoreKind.allCases.flatMap { store in
            [1, 2, 4, 8].map { through("concurrency_scaling/\($0)", store, jobs: 500, concurrency: $0) }
        }
        + [
            through("mixed_priority_dispatch_500", .memory, jobs: 500, concurrency: 4, priorities: 5),
            through("dispatch_no_groups_500", .memory, jobs: 500, concurrency: 8),
        ]
        + StoreKind.allCases.map { store in
            through("cycle/10000/\(store.rawValue)", store, jobs: 10_000, perTransaction: 10_000, concurrency: 64)
        }

    /// From the first submission to the last job's end.
    private static func through(
        _ base: String, _ store: StoreKind, jobs: Int, perTransaction: Int = 1, concurrency: Int, priorities: Int = 1
    ) -> Row {
        let name = base.hasSuffix(store.rawValue) ? base : name(base, store)
        return Row(
            name: name, store: store, jobs: jobs,
            references: [
                .floor(name, [FLOOR_FINISHED], expecting: StoredCounts(completed: jobs, executions: jobs)) { store in
                    try store { floor_submit($0, Int32(jobs), Int32(perTransaction), Int32(priorities), 0) }
                    try store { floor_work($0, Int32(concurrency), Int32(priorities)) }
                }
            ])
    }
}
