import Floors
import QueueDispatch
import QueueModel

extension Row {
    /// Rows that submit jobs and run all of them.
    static let dispatchRows: [Row] =
        StoreKind.allCases.map { through("dispatch_and_complete_1000", $0, jobs: 1000, concurrency: 8) }
        + StoreKind.allCases.flatMap { store in
            [1, 2, 4, 8].map { through("concurrency_scaling/\($0)", store, jobs: 500, concurrency: $0) }
        }
        + [through("mixed_priority_dispatch_500", .memory, jobs: 500, concurrency: 4, priorities: 5)]
        + StoreKind.allCases.map { store in cycle(store) }

    /// From the first submission to the last job's end.
    private static func through(
        _ base: String, _ store: StoreKind, jobs: Int, concurrency: Int, priorities: Int = 1
    ) -> Row {
        let name = name(base, store)
        return Row(
            name: name, store: store, jobs: jobs,
            subject: .through(name, jobs: jobs, Subject.Setting(concurrency: concurrency)) { subject in
                for index in 0..<jobs {
                    let priority = Priority(rawValue: Priority.normal.rawValue + UInt8(index % priorities))
                    try await subject.queue.submit(Blank(), SubmitOptions(priority: priority))
                }
            },
            references: [floor(name, jobs: jobs, perTransaction: 1, concurrency: concurrency, priorities: priorities)])
    }

    /// One large batch, worked off.
    private static func cycle(_ store: StoreKind) -> Row {
        let (jobs, concurrency) = (10_000, 64)
        let name = "cycle/\(jobs)/\(store.rawValue)"
        return Row(
            name: name, store: store, jobs: jobs,
            subject: .through(name, jobs: jobs, Subject.Setting(concurrency: concurrency)) { try await $0.fill(jobs) },
            references: [floor(name, jobs: jobs, perTransaction: jobs, concurrency: concurrency, priorities: 1)])
    }

    /// The store's work of submitting jobs and working them off.
    private static func floor(
        _ name: String, jobs: Int, perTransaction: Int, concurrency: Int, priorities: Int
    ) -> Workload {
        .floor(name, [FLOOR_FINISHED], expecting: StoredCounts(completed: jobs, executions: jobs)) { store in
            try store { floor_submit($0, Int32(jobs), Int32(perTransaction), Int32(priorities), 0) }
            try store { floor_work($0, Int32(concurrency), Int32(priorities)) }
        }
    }
}
