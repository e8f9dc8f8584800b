import Floors

extension Row {
    /// Rows that put jobs into the store and run none.
    static let submitRows: [Row] =
        StoreKind.allCases.flatMap { store in
            [
                submitEach(store), submitBatch(store), submitConcurrently(store),
            ]
        } + [submitDuplicates]

    /// One after the other, each awaited, with keys of their own.
    private static func submitEach(_ store: StoreKind) -> Row {
        let name = name("submit_1000_tasks", store)
        return Row(
            name: name, store: store, jobs: 1000,
            references: [
                .floor(name, [FLOOR_KEYS], expecting: StoredCounts(pending: 1000)) {
                    try $0 { floor_submit($0, 1000, 1, 1, 0) }
                }
            ])
    }

    /// One batch, with keys of their own.
    private static func submitBatch(_ store: StoreKind) -> Row {
        let name = name("batch_submit_1000", store)
        return Row(
            name: name, store: store, jobs: 1000,
            references: [
                .floor(name, [FLOOR_KEYS], expecting: StoredCounts(pending: 1000)) {
                    try $0 { floor_submit($0, 1000, 1000, 1, 0) }
                }
            ])
    }

    /// 64 tasks that submit 200 each; at best, every transaction takes one job of each task.
    private static func submitConcurrently(_ store: StoreKind) -> Row {
        let name = name("concurrent_submit/64", store)
        let jobs = 64 * 200
        return Row(
            name: name, store: store, jobs: jobs,
            references: [
                .floor(name, expecting: StoredCounts(pending: jobs)) {
                    try $0 { floor_submit($0, Int32(jobs), 64, 1, 0) }
                }
            ])
    }

    /// A key that is taken, again and again.
    private static let submitDuplicates = Row(
        name: "submit_dedup_hit_1000", jobs: 999,
        references: [
            .floor(
                "submit_dedup_hit_1000", [FLOOR_KEYS], filling: { try $0 { floor_submit($0, 1, 1, 1, 0) } },
                expecting: StoredCounts(pending: 1)
            ) { try $0 { floor_submit_duplicates($0, 999) } }
        ])
}
