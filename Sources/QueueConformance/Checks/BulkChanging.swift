import QueueModel
import QueueStoreKit
import Testing

enum BulkChangingChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("Q1 jobs are claimed by the priority that they were changed to") { scene in
            let ids = try await scene.add(count: 4)
            _ = try await scene.claim(0)
            let step = try await scene.bulk(.setPriority(.high), JobQuery(ids: [ids[2], ids[3]]))
            #expect(step.changed == 2)
            #expect(step.changes.isEmpty, "no state has changed")
            #expect(try await scene.record(ids[2]).priority == .high)
            #expect(try await scene.claim().map(\.id) == [ids[2], ids[3], ids[0], ids[1]])
        },
        ConformanceCheck("Q1 a priority can be lowered, and jobs that already have it are not counted") { scene in
            let ids = [
                try await scene.add(priority: .idle), try await scene.add(), try await scene.add(priority: .high),
            ]
            #expect(try await scene.bulk(.setPriority(.idle), JobQuery(priorities: .realtime ... .idle)).changed == 2)
            #expect(try await scene.claim().map(\.id) == ids)
        },
        ConformanceCheck("Q1 scheduled, blocked and waiting jobs keep their new priority for later") { scene in
            let scheduled = try await scene.add(JobSubmission(type: "work", priority: .idle, runAfter: t(50)))
            let first = try await scene.add(priority: .realtime)
            let blocked = try await scene.add(.after(first))
            #expect(
                try await scene.bulk(.setPriority(.high), JobQuery(ids: [scheduled, blocked])).changed == 2)
            try await scene.run(first)
            try await scene.add()
            #expect(try await scene.claim(at: t(50)).map(\.id).prefix(2) == [scheduled, blocked])
        },
        ConformanceCheck("Q3 jobs whose priority or group was changed are reported by id and type") {
            scene in
            let ids = [
                try await scene.add(priority: .high), try await scene.add("other"), try await scene.add(group: "g"),
            ]
            let other = BulkStep.Edit(id: ids[1], type: "other")
            let last = BulkStep.Edit(id: ids[2], type: "work")
            #expect(try await scene.bulk(.setPriority(.high), JobQuery()).edits == [other, last])
            let first = BulkStep.Edit(id: ids[0], type: "work")
            #expect(try await scene.bulk(.move(toGroup: "g"), JobQuery()).edits == [first, other])
            #expect(try await scene.bulk(.cancel, JobQuery()).edits.isEmpty, "that is a change of state")
        },
        ConformanceCheck("Q1 running and ended jobs keep their priority and group") { scene in
            _ = try await scene.ended(.completed)
            let id = try await scene.add(group: "g")
            try await scene.claimOnly(id)
            #expect(try await scene.bulk(.setPriority(.high), JobQuery()).changed == 0)
            #expect(try await scene.bulk(.move(toGroup: "h"), JobQuery(group: "g")).changed == 0)
            let record = try await scene.record(id)
            #expect(record.priority == .normal)
            #expect(record.group == "g")
        },
        ConformanceCheck("Q1 moved jobs count against the limit of their new group") { scene in
            let ids = try await scene.add(count: 3, JobSubmission(type: "work", group: "full"))
            let rules = AdmissionRules.of("work", groups: ["full": GroupRule(limit: 1)])
            #expect(try await scene.claim(10, rules).map(\.id) == [ids[0]])
            #expect(try await scene.bulk(.move(toGroup: "free"), JobQuery(group: "full")).changed == 2)
            #expect(try await scene.store.jobs(JobQuery(group: "free")).jobs.map(\.id) == [ids[2], ids[1]])
            #expect(try await scene.claim(10, rules).map(\.id) == [ids[1], ids[2]])
        },
        ConformanceCheck("Q1 jobs can be moved out of their groups, and jobs without a group are not counted") {
            scene in
            let id = try await scene.add(group: "g")
            try await scene.add()
            #expect(try await scene.bulk(.move(toGroup: nil), JobQuery()).changed == 1)
            #expect(try await scene.record(id).group == nil)
            #expect(try await scene.store.count(JobQuery(group: "g")) == 0)
        },
        ConformanceCheck("S9 raising or moving a job signals work") { scene in
            try await scene.add(group: "g")
            let signals = SignalLog()
            let observation = scene.store.observe(signals.take)
            defer { observation.cancel() }
            try await scene.bulk(.setPriority(.high), JobQuery())
            #expect(signals.work == .high)
        },
        ConformanceCheck("Q2 the values of a tag key are counted over active and ended jobs") { scene in
            for value in ["b", "a", "b", "c"] {
                try await scene.add(JobSubmission(type: "work", tags: [Tag("k", value), Tag("other", "x")]))
            }
            try await scene.run(JobID(1))
            let all = [Tag.Count("a", count: 1), Tag.Count("b", count: 2), Tag.Count("c", count: 1)]
            #expect(try await scene.store.tags(.values(of: "k", after: nil), limit: 10) == all)
            #expect(try await scene.store.tags(.values(of: "k", after: nil), limit: 2) == Array(all[..<2]))
            #expect(try await scene.store.tags(.values(of: "k", after: "a"), limit: 10) == Array(all[1...]))
            #expect(try await scene.store.tags(.values(of: "unheard", after: nil), limit: 10).isEmpty)
        },
        ConformanceCheck("Q2 an empty tag value is counted like any other") { scene in
            try await scene.add(JobSubmission(type: "work", tags: [Tag("k", "")]))
            try await scene.add(JobSubmission(type: "work", tags: [Tag("k", "z")]))
            let values = try await scene.store.tags(.values(of: "k", after: nil), limit: 10)
            #expect(values == [Tag.Count("", count: 1), Tag.Count("z", count: 1)])
            #expect(try await scene.store.tags(.values(of: "k", after: ""), limit: 10) == [Tag.Count("z", count: 1)])
        },
        ConformanceCheck("Q2 tag keys are found by the bytes of their prefix, and counted") { scene in
            for keys in [["user", "user.id"], ["user", "usé"], ["v", "User"], ["us\u{10FFFF}x"]] {
                try await scene.add(JobSubmission(type: "work", tags: keys.map { Tag($0, "1") }))
            }
            let user = [Tag.Count("user", count: 2), Tag.Count("user.id", count: 1)]
            #expect(try await scene.store.tags(.keys(prefix: "user", after: nil), limit: 10) == user)
            #expect(try await scene.store.tags(.keys(prefix: "user", after: "user"), limit: 10) == [user[1]])
            #expect(
                try await scene.store.tags(.keys(prefix: "us", after: nil), limit: 10).map(\.text)
                    == ["user", "user.id", "usé", "us\u{10FFFF}x"])
            #expect(try await scene.store.tags(.keys(prefix: "us\u{10FFFF}", after: nil), limit: 10).count == 1)
            #expect(
                try await scene.store.tags(.keys(prefix: "", after: nil), limit: 3).map(\.text) == [
                    "User", "user", "user.id",
                ])
            #expect(try await scene.store.tags(.keys(prefix: "zz", after: nil), limit: 10).isEmpty)
        },
    ]
}
