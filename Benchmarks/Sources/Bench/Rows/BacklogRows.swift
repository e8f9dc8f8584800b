import Floors
import Foundation
import QueueDispatch
import QueueModel

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
            subject: beforeBacklog(name, jobs: jobs) { try await $0.fill(backlog, keys: keys) },
            references: [
                .floor(
                    name, keys ? [FLOOR_FINISHED, FLOOR_KEYS] : [FLOOR_FINISHED],
                    filling: { try $0 { floor_submit($0, Int32(backlog), Int32(backlog), 1, 0) } },
                    expecting: StoredCounts(pending: backlog - jobs, completed: jobs, executions: jobs)
                ) { try $0 { floor_work_turns($0, 8, Int32(turns)) } }
            ])
    }

    /// Runs a queue that is full already until so many jobs have ended; what is claimed beyond them isn't timed.
    private static func beforeBacklog(
        _ name: String, jobs: Int, concurrency: Int = 8,
        filling fill: @escaping @Sendable (Subject) async throws -> Void
    ) -> Workload {
        Workload(name: name) { place in
            let subject = try await Subject(place, Subject.Setting(concurrency: concurrency))
            try await fill(subject)
            let filled = try await subject.queue.counts().active
            let events = Run.subscribe(subject.queue, room: 16_384)
            var run: Run?
            return Iteration(
                run: {
                    let started = Run(subject.queue, events: events)
                    run = started
                    try await started.events(jobs)
                },
                finish: {
                    try await run?.stop()
                    let completed = try await subject.queue.counts()[.completed]
                    try Mismatch.check("enough jobs completed", expected: true, found: completed >= jobs)
                    var figures = Machine.figures(of: place)
                    figures["bytes per job"] = figures.removeValue(forKey: "file bytes").map { $0 / Double(filled) }
                    let rest = filled - completed
                    try await subject.finish(
                        expecting: [.completed: completed, .pending: rest], executions: completed)
                    return figures
                })
        }
    }

    /// One job's end unblocks ten thousand, which are then worked off.
    private static let fanOut = Row(
        name: "fan_out/10000", jobs: 10_001,
        subject: beforeBacklog("fan_out/10000", jobs: 10_001, concurrency: 64) { subject in
            let first = try await subject.queue.submit(Blank())
            try await subject.fill(10_000, SubmitOptions(dependencies: [.job(first.id)]))
        },
        references: [
            .floor(
                "fan_out/10000", [FLOOR_FINISHED, FLOOR_DEPENDENCIES],
                filling: { try $0 { floor_fill_fan_out($0, 10_000) } },
                expecting: StoredCounts(completed: 10_001, executions: 10_001, dependencies: 10_000)
            ) { try $0 { floor_work($0, 64, 1) } }
        ])

    private static let startWithOrphans = Workload(name: "startup/100k") { place in
        let (pending, orphaned) = (100_000, 1000)
        do {
            let subject = try await Subject(place)
            try await subject.fill(pending + orphaned)
            // A worker whose lease ran out an hour ago, since this process, by which it could be told dead, lives.
            let long = Timestamp(milliseconds: 0)
            let worker = try await subject.store.openWorker(lease: .seconds(1), at: long)
            let rules = AdmissionRules(types: [Blank.type: 0], domains: [DomainRule(name: "")])
            let claimed = try await subject.store.turn(
                finishing: [], claiming: ClaimRequest(worker: worker, limit: orphaned, rules: rules), at: long
            ).claimed
            try Mismatch.check("orphaned jobs", expected: orphaned, found: claimed.count)
            await subject.store.close()
        }
        var reopened: (subject: Subject, run: Run)?
        return Iteration(
            run: {
                let subject = try await Subject(place, Subject.Setting(concurrency: 1))
                let run = Run(subject.queue, events: Run.subscribe(subject.queue, .started, room: pending + orphaned))
                reopened = (subject, run)
                try await run.events(1)
            },
            finish: {
                guard let (subject, run) = reopened else { return [:] }
                try await run.stop()
                let completed = try await subject.queue.counts()[.completed]
                let last = try await subject.queue.job(JobID(Int64(orphaned)))
                try Mismatch.check("crashes of the last orphan", expected: 1, found: last?.crashes)
                try await subject.finish(
                    expecting: [.completed: completed, .pending: pending + orphaned - completed], executions: completed)
                return [:]
            })
    }

    /// Opening a file on which a worker with a thousand jobs died, until the first job starts.
    private static let startup = Row(
        name: "startup/100k", store: .fileNormal, jobs: 1, rounds: 5,
        subject: startWithOrphans,
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
