import Floors

extension Row {
    /// Rows whose cost must not grow with what waits.
    static let backlogRows: [Row] =
        [StoreKind.memory, .fileNormal].flatMap { store in
            [("1k", 1000), ("100k", 100_000), ("1M", 1_000_000)].flatMap { label, size in
                [
                    turns("backlog/\(label)", store, backlog: size, keys: false),
                    turns("backlog/\(label)/keys", store, backlog: size, keys: true),
                ]
            }
        } + [fanOut, startup]

    /// 100 turns of claim, run and complete, eight jobs each, before so many that wait.
    private static func turns(_ base: String, _ store: StoreKind, backlog: Int, keys: Bool) -> Row {
        let name = name(base, store)
        let (turns, jobs) = (100, 800)
        return Row(
            name: name, store: store, jobs: jobs, rounds: backlog > 1000 ? 5 : nil,
            references: [
                .floor(
                    name, keys ? [FLOOR_FINISHED, FLOOR_KEYS] : [FLOOR_FINISHED],
                    filling: { try $0 { floor_submit($0, Int32(backlog), Int32(backlog), 1, 0) } },
                    expecting: StoredCounts(pending: backlog - jobs, completed: jobs, executions: jobs)
                ) { try $0 { floor_work_turns($0, 8, Int32(turns)) } }
            ])
    }

    /// One job's end unblocks ten thousand, which are then worked off.
    private static let fanOut = Row(
        name: "fan_out/10000", jobs: 10_001,
        references: [
            .floor(
                "fan_out/10000", [FLOOR_FINISHED, FLOOR_DEPENDENCIES],
                filling: { try $0 { floor_fill_fan_out($0, 10_000) } },
                expecting: StoredCounts(completed: 10_001, executions: 10_001, dependencies: 10_000)
            ) { try $0 { floor_work($0, 64, 1) } }
        ])

    /// Opening a file on which a worker with a thousand jobs died, until the first job starts.
    private static let startup = Row(
        name: "startup/100k", store: .fileNormal, jobs: 1, rounds: 5,
        references: [
            Workload(name: "floor/startup/100k") { place in
                let (pending, orphaned) = (100_000, 1000)
                let features = [FLOOR_RUNNING, FLOOR_FINISHED]
                do {
                    let store = try FloorStore(place, features: features)
                    try store { floor_submit($0, Int32(pending + orphaned), Int32(pending + orphaned), 1, 0) }
                    try store { floor_fill_orphaned($0, Int32(orphaned)) }
                }
                var reopened: FloorStore?
                var recovered: Int32 = 0
                return Iteration(
                    run: {
                        let store = try FloorStore(place, features: features)
                        try store { floor_recover($0, &recovered) }
                        reopened = store
                    },
                    finish: {
                        try Mismatch.check("jobs recovered", expected: orphaned, found: Int(recovered))
                        let expected = StoredCounts(
                            pending: pending + orphaned - 1, running: 1, executions: orphaned + 1)
                        try Mismatch.check("rows in the store", expected: expected, found: reopened?.counts())
                        return [:]
                    })
            }
        ])
}
