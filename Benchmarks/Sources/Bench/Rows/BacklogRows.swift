import Floors
import QueueDispatch
import QueueModel

extension Row {
    /// Rows whose cost must not grow with what waits.
    static let backlogRows: [Row] =
        [StoreKind.memory, .fileNormal].flatMap { store in
            backlogSizes.flatMap { label, size in
                [
                    turns("backlog/\(label)", store, backlog: size, keys: false),
                    turns("backlog/\(label)/keys", store, backlog: size, keys: true),
                ]
            }
        } + [fanOut, heldBack("full"), heldBack("paused"), heldBack("rated")]

    /// The largest only when it is asked for: in memory it takes gigabytes.
    static let backlogSizes: [(label: String, jobs: Int)] = [
        ("1k", 1000), ("100k", 100_000), ("1M", 1_000_000), ("10M", 10_000_000),
    ]

    /// 100 turns of claim, run and complete, eight jobs each, before so many that wait.
    private static func turns(_ base: String, _ store: StoreKind, backlog: Int, keys: Bool) -> Row {
        let name = name(base, store)
        let jobs = 800
        return Row(
            name: name, store: store, jobs: jobs, rounds: backlog > 1_000_000 ? 3 : backlog > 1000 ? 5 : nil,
            onRequest: backlog > 1_000_000 ? "10M" : nil,
            subject: beforeBacklog(name, jobs: jobs) { try await $0.fill(backlog, keys: keys) },
            references: [floorOfTurns(name, keys ? [FLOOR_KEYS] : [], backlog: backlog)])
    }

    /// Lets a queue that runs, and is full already, go on until so many jobs have ended.
    ///
    /// Its start isn't timed, nor what it claims beyond that number.
    static func beforeBacklog(
        _ name: String, jobs: Int, _ setting: Subject.Setting = Subject.Setting(),
        filling fill: @escaping @Sendable (Subject) async throws -> Void
    ) -> Workload {
        Workload(name: name) { place in
            let subject = try await Subject(place, setting)
            try await subject.queue.pause(.queue)
            let run = Run(subject.queue, events: Run.subscribe(subject.queue, room: 16_384), within: .seconds(900))
            try await fill(subject)
            let filled = try await subject.queue.counts().active
            return Iteration(
                run: {
                    try await subject.queue.resume(.queue)
                    try await run.events(jobs)
                },
                finish: {
                    try await run.stop()
                    let completed = try await subject.queue.counts()[.completed]
                    try Mismatch.check("enough jobs completed", expected: true, found: completed >= jobs)
                    let memory = Machine.residentBytes
                    try await subject.finish(
                        expecting: [.completed: completed, .pending: filled - completed], executions: completed)
                    var figures: [String: Double] = [:]
                    figures["resident MiB"] = memory.map { Double($0) / 1_048_576 }
                    figures["file bytes a job"] = place.fileBytes.map { Double($0) / Double(filled) }
                    return figures
                })
        }
    }

    /// One job's end unblocks ten thousand, which are then worked off.
    private static let fanOut = Row(
        name: "fan_out/10000", jobs: 10_001,
        subject: beforeBacklog("fan_out/10000", jobs: 10_001, Subject.Setting(concurrency: 64)) { subject in
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

    /// The same turns while a million jobs that are more urgent wait in a group that is held back, beside those on a
    /// queue without them.
    private static func heldBack(_ gate: String) -> Row {
        let name = "held_back/1M/\(gate)"
        let jobs = 800
        let setting = Subject.Setting { configuration in
            switch gate {
            case "full": configuration.groups["held"] = GroupRule(limit: 0)
            // One starts, and then none for an hour.
            case "rated": configuration.groups["held"] = GroupRule(rate: .perHour(1))
            default: break
            }
        }
        return Row(
            name: name, jobs: jobs, rounds: 5,
            subject: beforeBacklog(name, jobs: jobs, setting) { subject in
                if gate == "paused" { try await subject.queue.pause(.group("held")) }
                try await subject.fill(1_000_000, SubmitOptions(priority: .high, group: "held"))
                try await subject.fill(jobs, SubmitOptions(group: "free"))
            },
            references: [
                floorOfTurns(name, backlog: jobs),
                beforeBacklog("held_back/none", jobs: jobs, setting) {
                    try await $0.fill(jobs, SubmitOptions(group: "free"))
                },
            ])
    }

    /// The store's work of 100 turns of eight jobs, all of one lane, before so many that wait.
    static func floorOfTurns(_ row: String, _ features: [floor_features] = [], backlog: Int) -> Workload {
        let (turns, jobs) = (100, 800)
        return .floor(
            row, [FLOOR_FINISHED] + features,
            filling: { try $0 { floor_submit($0, Int32(backlog), Int32(min(backlog, Subject.largestBatch)), 1, 0) } },
            expecting: StoredCounts(pending: backlog - jobs, completed: jobs, executions: jobs)
        ) { try $0 { floor_work_turns($0, 8, Int32(turns)) } }
    }
}
