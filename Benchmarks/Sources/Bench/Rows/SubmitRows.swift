import Floors
import QueueDispatch
import QueueModel

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
        let keys = Subject.keys(1000)
        return Row(
            name: name, store: store, jobs: 1000,
            subject: .idle(name, expecting: [.pending: 1000]) { subject in
                for key in keys { try await subject.queue.submit(Blank(), SubmitOptions(uniqueness: key)) }
            },
            references: [
                .floor(name, [FLOOR_KEYS], expecting: StoredCounts(pending: 1000)) {
                    try $0 { floor_submit($0, 1000, 1, 1, 0) }
                }
            ])
    }

    /// One batch, with keys of their own.
    private static func submitBatch(_ store: StoreKind) -> Row {
        let name = name("batch_submit_1000", store)
        let keys = Subject.keys(1000)
        return Row(
            name: name, store: store, jobs: 1000,
            subject: Workload(name: name) { place in
                let subject = try await Subject(place)
                let batch = try keys.map { try subject.queue.submission(of: Blank(), SubmitOptions(uniqueness: $0)) }
                return Iteration(
                    run: { try await subject.queue.submit(batch: batch) },
                    finish: {
                        try await subject.finish(expecting: [.pending: 1000], executions: 0)
                        return [:]
                    })
            },
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
            subject: .idle(name, expecting: [.pending: jobs]) { try await $0.submitConcurrently(tasks: 64, each: 200) },
            references: [
                .floor(name, expecting: StoredCounts(pending: jobs)) {
                    try $0 { floor_submit($0, Int32(jobs), 64, 1, 0) }
                }
            ])
    }

    /// A key that is taken, again and again.
    private static let submitDuplicates = Row(
        name: "submit_dedup_hit_1000", jobs: 999,
        subject: .idle(
            "submit_dedup_hit_1000",
            filling: { try await $0.queue.submit(Blank(), SubmitOptions(uniqueness: Subject.keys(1)[0])) },
            expecting: [.pending: 1]
        ) { subject in
            let options = SubmitOptions(uniqueness: Subject.keys(1)[0])
            for _ in 0..<999 { try await subject.queue.submit(Blank(), options) }
        },
        references: [
            .floor(
                "submit_dedup_hit_1000", [FLOOR_KEYS], filling: { try $0 { floor_submit($0, 1, 1, 1, 0) } },
                expecting: StoredCounts(pending: 1)
            ) { try $0 { floor_submit_duplicates($0, 999) } }
        ])
}
