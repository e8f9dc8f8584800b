import Floors
import QueueDispatch
import QueueModel
import QueueStoreKit

extension Row {
    /// Opening a file on which a worker with a thousand jobs died, until the first job starts.
    static let startup = Row(
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

    /// Until a subscriber has the event of the first start.
    private static let startWithOrphans = Workload(name: "startup/100k") { place in
        let (pending, orphaned) = (100_000, 1000)
        do {
            let subject = try await Subject(place)
            try await subject.fill(pending + orphaned)
            // A worker whose lease has run out, since this process, by whose end it could be told dead, lives.
            let long = Timestamp(milliseconds: 0)
            let worker = try await subject.store.openWorker(lease: .seconds(1), at: HostTime(long))
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
                let run = Run(subject.queue, events: Run.subscribe(subject.queue, .started, room: 16_384))
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
}
