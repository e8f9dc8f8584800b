import QueueModel
import QueueStoreKit
import Testing

enum BulkChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("Q1 all jobs that match a query are cancelled, and no others") { scene in
            let meant = [try await scene.add(group: "g"), try await scene.add("other", group: "g")]
            let spared = [try await scene.add(group: "h"), try await scene.add()]
            let step = try await scene.bulk(.cancel, JobQuery(group: "g"), at: t(5))
            #expect(step.changed == 2)
            #expect(step.requested == 0)
            #expect(step.next == nil)
            #expect(
                step.changes == [
                    JobChange(id: meant[0], type: "work", state: .cancelled),
                    JobChange(id: meant[1], type: "other", state: .cancelled),
                ])
            for id in meant { #expect(try await scene.record(id).finishedAt == t(5)) }
            #expect(try await scene.claim(at: t(6)).map(\.id) == spared)
        },
        ConformanceCheck(
            "E6 jobs are cancelled by id, group, type, domain, tag, any of some tags and the prefix of a tag's key"
        ) {
            scene in
            let submission = JobSubmission(type: "m.a", group: "g", tags: [Tag("import.file", "1")])
            let queries: [(JobID) -> JobQuery] = [
                { JobQuery(ids: [$0]) }, { _ in JobQuery(group: "g") }, { _ in JobQuery(types: ["m.a"]) },
                { _ in JobQuery(domain: "m") }, { _ in JobQuery(tags: [Tag("import.file", "1")]) },
                { _ in JobQuery(anyTags: [Tag("x", "y"), Tag("import.file", "1")]) },
                { _ in JobQuery(tagKeyPrefix: "import.") },
            ]
            for query in queries {
                let other = try await scene.add(JobSubmission(type: "n.a", group: "h", tags: [Tag("imports", "1")]))
                let id = try await scene.add(submission)
                #expect(try await scene.bulk(.cancel, query(id)).changed == 1)
                try await scene.expect(id, is: .cancelled)
                try await scene.expect(other, is: .pending)
            }
        },
        ConformanceCheck("E6 running jobs are asked to stop, and end as cancelled when they return") { scene in
            let signals = SignalLog()
            let observation = scene.store.observe(signals.take)
            defer { observation.cancel() }
            try await scene.add(count: 2)
            let running = try await scene.claim()
            let step = try await scene.bulk(.cancel, JobQuery(states: [.running]), at: t(5))
            #expect(step.requested == 2)
            #expect(step.changed == 0)
            #expect(signals.all.contains(.stop(running.map(\.id))))
            for record in running {
                #expect(try await scene.record(record.id).cancelRequestedAt == t(5))
                #expect(try await scene.finish(record, at: t(6)) == .recorded(.cancelled))
            }
        },
        ConformanceCheck("E6 jobs that depend on a cancelled job are cancelled with it, and reported with their cause")
        {
            scene in
            let (parent, running, children) = try await scene.family(children: 2)
            try await scene.finish(running)
            let dependent = try await scene.add(.after(parent, type: "other"))
            let step = try await scene.bulk(.cancel, JobQuery(ids: [parent, children[0]]))
            #expect(step.changed == 1, "the child ended with its parent, before its turn")
            #expect(step.changes.first == JobChange(id: parent, type: "other", state: .cancelled))
            #expect(Set(step.changes.compactMap { $0.cause == nil ? nil : $0.id }) == Set(children + [dependent]))
            try await scene.expect(dependent, is: .dependencyFailed)
        },
        ConformanceCheck(
            "Q1 steps follow the order of ids, consider at most their limit, and end at the last job at the start"
        ) {
            scene in
            let ids = try await scene.add(count: 5)
            var cursor: JobQuery.BulkCursor?
            var changed: [[JobID]] = []
            repeat {
                let step = try await scene.bulk(.cancel, JobQuery(order: .lastFinishedFirst), from: cursor, limit: 2)
                changed.append(step.changes.map(\.id))
                cursor = step.next
                if changed.count == 1 {
                    #expect(cursor == JobQuery.BulkCursor(after: ids[1], last: ids[4]))
                    try await scene.add()
                }
            } while cursor != nil
            #expect(changed == [Array(ids[..<2]), Array(ids[2..<4]), Array(ids[4...])])
            #expect(try await scene.store.counts()[.pending] == 1)
        },
        ConformanceCheck("Q1 steps reach all matching jobs, whether their ids are close together or far apart") {
            scene in
            var meant: [JobID] = []
            for place in 0..<300 {
                let isMeant = [0, 1, 2, 150, 151, 299].contains(place)
                let id = try await scene.add(isMeant ? "other" : "work", group: isMeant ? nil : "g")
                if isMeant { meant.append(id) }
            }
            for query in [JobQuery(types: ["other"]), JobQuery(states: [.pending], types: ["other"])] {
                var cursor: JobQuery.BulkCursor?
                var steps = 0
                repeat {
                    let step = try await scene.bulk(
                        .setPriority(query.states.isEmpty ? .high : .idle), query, from: cursor, limit: 1)
                    #expect(step.changed == 1)
                    cursor = step.next
                    steps += 1
                } while cursor != nil
                #expect(steps == meant.count)
            }
            #expect(try await scene.store.count(JobQuery(priorities: .idle ... .idle)) == meant.count)
        },
        ConformanceCheck("Q1 a step that meets its limit exactly reports that it was the last") { scene in
            try await scene.add(count: 2)
            #expect(try await scene.bulk(.cancel, JobQuery(), limit: 2).next == nil)
        },
        ConformanceCheck("Q1 ended jobs are deleted, active jobs never") { scene in
            let active = try await scene.add()
            let dead = try await scene.ended(.deadLettered, JobSubmission(type: "ended", tags: [Tag("a", "b")]))
            _ = try await scene.ended(.completed)
            #expect(try await scene.bulk(.deleteEnded, JobQuery(states: [.deadLettered])).changed == 1)
            #expect(try await scene.store.job(dead) == nil)
            #expect(try await scene.store.attempts(of: dead).isEmpty)
            #expect(try await scene.store.count(JobQuery(tags: [Tag("a", "b")])) == 0)
            #expect(try await scene.bulk(.deleteEnded, JobQuery()).changed == 1)
            #expect(try await scene.bulk(.deleteEnded, JobQuery(states: [.pending])).changed == 0)
            try await scene.expect(active, is: .pending)
        },
        ConformanceCheck("Q1 a query does not delete ended jobs to which an active job refers") { scene in
            let needed = try await scene.add()
            let open = try await scene.add("other")
            let waits = try await scene.add(.after(needed, open))
            try await scene.run(needed)
            #expect(try await scene.bulk(.deleteEnded, JobQuery()).changed == 0)
            _ = try await scene.store.cancel(waits, at: t(3))
            #expect(try await scene.bulk(.deleteEnded, JobQuery()).changed == 2)
        },
        ConformanceCheck(
            "E4 each dead letter that matches a filter is resubmitted once, and the new jobs are not considered"
        ) {
            scene in
            var dead: [JobID] = []
            for _ in 0..<3 { dead.append(try await scene.ended(.deadLettered)) }
            let failed = try await scene.ended(.failed)
            let query = JobQuery(states: [.deadLettered])
            let first = try await scene.bulk(.resubmit, query, limit: 2, at: t(5))
            // The new jobs become dead letters too before the next step.
            for record in try await scene.claim(10, .of("ended"), at: t(6)) {
                try await scene.finish(record, .deadLetter(.passing), at: t(6))
            }
            let second = try await scene.bulk(.resubmit, query, from: first.next, limit: 2, at: t(7))
            #expect(second.next == nil)
            #expect([first.changed, second.changed] == [2, 1])
            let resubmissions = first.resubmissions + second.resubmissions
            #expect(resubmissions.map(\.origin) == dead)
            for resubmission in resubmissions {
                #expect(try await scene.record(resubmission.outcome.id).origin == resubmission.origin)
                #expect(resubmission.type == "ended")
            }
            #expect(try await scene.store.count(JobQuery(states: [.failed])) == 1)
            try await scene.expect(failed, is: .failed)
        },
        ConformanceCheck("S5 a bulk resubmission whose key is taken keeps the job that has it, and is not counted") {
            scene in
            let old = try await scene.ended(.deadLettered, .keyed("k", "ended"))
            let holder = try await scene.add(.keyed("k", "ended"))
            let step = try await scene.bulk(.resubmit, JobQuery(states: [.deadLettered]))
            #expect(step.changed == 0)
            #expect(step.resubmissions == [.init(origin: old, type: "ended", outcome: .duplicate(of: holder))])
        },
        ConformanceCheck("Q1 bulk operations refuse arguments out of range, and change nothing") { scene in
            try await scene.add()
            for limit in [0, 10_001, -1] {
                try await scene.refused(.invalidOption) { _ = try await scene.bulk(.cancel, JobQuery(), limit: limit) }
            }
            try await scene.refused(.invalidText) { _ = try await scene.bulk(.move(toGroup: ""), JobQuery()) }
            try await scene.refused(.invalidOption) { _ = try await scene.bulk(.cancel, JobQuery(limit: 0)) }
            let many = Set((1...10_001).map { JobID($0) })
            try await scene.refused(.invalidOption) { _ = try await scene.bulk(.cancel, JobQuery(ids: many)) }
            #expect(try await scene.bulk(.cancel, JobQuery(ids: [])).changed == 0, "no ids mean no job")
        },
    ]
}

extension Scene {
    /// Performs one step of a bulk operation.
    @discardableResult
    func bulk(
        _ action: BulkAction, _ query: JobQuery, from cursor: JobQuery.BulkCursor? = nil, limit: Int = 100,
        at now: Timestamp = t(3)
    ) async throws -> BulkStep {
        try await store.apply(action, to: query, from: cursor, limit: limit, at: now)
    }
}
