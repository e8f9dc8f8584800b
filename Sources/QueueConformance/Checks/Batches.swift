import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

enum BatchesChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("S6 a batch has one outcome per submission, in order") { scene in
            let existing = try await scene.add(.keyed("old"))
            let outcomes = try await scene.store.submit(
                contentsOf: [
                    JobSubmission(type: "work", label: "0"), .keyed("old"), JobSubmission(type: "work", label: "2"),
                    .keyed("old", .reject), .keyed("old", priority: .high),
                ], at: t(1))
            try #require(outcomes.count == 5)
            #expect(outcomes[1] == .duplicate(of: existing))
            #expect(outcomes[3] == .rejected(existing: existing))
            #expect(outcomes[4] == .upgraded(existing))
            #expect(try await scene.record(outcomes[0].id).label == "0")
            #expect(try await scene.record(outcomes[2].id).label == "2")
            #expect(outcomes[0].id < outcomes[2].id, "ids follow the order of submission")
        },
        ConformanceCheck("S6 an empty batch has no outcomes and changes nothing") { scene in
            let before = try await scene.dump()
            #expect(try await scene.store.submit(contentsOf: [], at: t(1)) == [])
            #expect(try await scene.dump().differences(from: before).isEmpty)
        },
        ConformanceCheck("S6 duplicates within a batch follow rule S5") { scene in
            let outcomes = try await scene.store.submit(
                contentsOf: [
                    .keyed("k", priority: .normal), .keyed("k", priority: .high), .keyed("k", priority: .idle),
                    .keyed("k", .reject),
                ], at: t(1))
            try #require(outcomes.count == 4)
            let id = outcomes[0].id
            #expect(outcomes == [.inserted(id), .upgraded(id), .duplicate(of: id), .rejected(existing: id)])
            #expect(try await scene.record(id).priority == .high)
        },
        ConformanceCheck("S6 S5 keys that are taken or occur twice in a long batch are found wherever they are") {
            scene in
            for place in [0, 3, 7, 8, 15, 29] {
                let taken = try await scene.add(.keyed("taken \(place)"))
                var batch = (0..<30).map { JobSubmission.keyed("\(place) \($0)") }
                batch[place] = .keyed("taken \(place)")
                batch[(place + 5) % 30] = batch[(place + 2) % 30]
                batch[(place + 9) % 30].runAfter = t(99)
                batch[(place + 10) % 30].payload = [1, 2, 3]
                batch[(place + 11) % 30].tags = [Tag("a", "\(place)")]
                let outcomes = try await scene.store.submit(contentsOf: batch, at: t(1))
                try #require(outcomes.count == 30)
                #expect(outcomes[place] == .duplicate(of: taken), "\(place)")
                // The first of the two is the job.
                let twins = [(place + 2) % 30, (place + 5) % 30].sorted()
                #expect(outcomes[twins[1]] == .duplicate(of: outcomes[twins[0]].id), "\(place)")
                let new = outcomes.filter(\.isNew).map(\.id)
                #expect(new.count == 28 && new == new.sorted(), "\(place)")
                #expect(new.last.map { $0.rawValue } == taken.rawValue + 28, "no id is left out")
                #expect(try await scene.record(outcomes[(place + 9) % 30].id).runAfter == t(99))
                #expect(try await scene.record(outcomes[(place + 10) % 30].id).payload == [1, 2, 3])
                #expect(try await scene.store.count(JobQuery(tags: [Tag("a", "\(place)")])) == 1)
                for (index, outcome) in outcomes.enumerated() where outcome.isNew {
                    #expect(try await scene.record(outcome.id).key == batch[index].key, "\(place) \(index)")
                }
            }
        },
        ConformanceCheck("S6 a submission may supersede an earlier one of its batch") { scene in
            let outcomes = try await scene.store.submit(
                contentsOf: [.keyed("k"), .keyed("k", .supersede)], at: t(1))
            try #require(outcomes.count == 2)
            #expect(outcomes[1] == .superseded(old: outcomes[0].id, by: outcomes[1].id))
            try await scene.expect(outcomes[0].id, is: .superseded)
            try await scene.expect(outcomes[1].id, is: .pending)
        },
        ConformanceCheck("S6 an unknown dependency fails the whole batch with its index, and nothing is inserted") {
            scene in
            let existing = try await scene.add(.keyed("k"))
            let error = try await scene.refused(.unknownDependency) {
                _ = try await scene.store.submit(
                    contentsOf: [
                        JobSubmission(type: "new type", tags: [Tag("a", "b")]), .keyed("k", priority: .high),
                        .after(existing, JobID(77)), JobSubmission(type: "work"),
                    ], at: t(1))
            }
            #expect(error?.index == 2)
            #expect(try await scene.store.activeTypes() == ["work": 1])
            #expect(try await scene.store.count(JobQuery(tags: [Tag("a", "b")])) == 0)
        },
        ConformanceCheck(
            "S6 an unknown parent fails the whole batch with its index, and superseded jobs are unchanged"
        ) {
            scene in
            let pending = try await scene.add(.keyed("k"))
            let error = try await scene.refused(.unknownParent) {
                _ = try await scene.store.submit(
                    contentsOf: [.keyed("k", .supersede), .child(of: JobID(50))], at: t(1))
            }
            #expect(error?.index == 1)
            try await scene.expect(pending, is: .pending)
            try await scene.claimOnly(pending)
        },
        ConformanceCheck("S6 a store continues after a failed batch as if there had been none") { scene in
            let first = try await scene.add()
            await #expect(throws: QueueError.self) {
                try await scene.store.submit(
                    contentsOf: [.keyed("fresh", priority: .high), .after(JobID(99))], at: t(1))
            }
            #expect(try await scene.claim().map(\.id) == [first], "what the batch inserted is not claimed")
            let outcome = try await scene.store.submit(.keyed("fresh"), at: t(2))
            #expect(outcome.isNew, "a key of the failed batch is free")
            try await scene.claimOnly(outcome.id, at: t(3))
        },
        ConformanceCheck("S6 a failed batch leaves the order of claims unchanged") { scene in
            let first = try await scene.add()
            let second = try await scene.add(.keyed("k"))
            _ = try await scene.claim(0)
            await #expect(throws: QueueError.self) {
                try await scene.store.submit(
                    contentsOf: [
                        .keyed("k", priority: .high), JobSubmission(type: "work", priority: 0), .after(JobID(99)),
                    ],
                    at: t(1))
            }
            let third = try await scene.add()
            #expect(try await scene.claim().map(\.id) == [first, second, third])
        },
        ConformanceCheck("S6 names that only a failed batch used belong to the next user of them") { scene in
            await #expect(throws: QueueError.self) {
                try await scene.store.submit(
                    contentsOf: [
                        JobSubmission(type: "first", group: "g1"), JobSubmission(type: "second", group: "g2"),
                        .after(JobID(99)),
                    ], at: t(1))
            }
            let second = try await scene.add("second", group: "g2")
            let third = try await scene.add("third", group: "g3")
            let first = try await scene.add("first", group: "g1")
            for (id, type, group) in [(first, "first", "g1"), (second, "second", "g2"), (third, "third", "g3")] {
                let record = try await scene.record(id)
                #expect(record.type.rawValue == type)
                #expect(record.group == group)
            }
            #expect(try await scene.store.jobs(JobQuery(group: "g1")).jobs.map(\.id) == [first])
            #expect(try await scene.claim(10, .of("third")).map(\.id) == [third])
        },
        ConformanceCheck("S6 a failed batch sends no signal to stop") { scene in
            let id = try await scene.add(.keyed("k"))
            try await scene.claimOnly(id)
            let log = SignalLog()
            let observation = scene.store.observe(log.take)
            await #expect(throws: QueueError.self) {
                try await scene.store.submit(contentsOf: [.keyed("k", .supersede), .after(JobID(99))], at: t(2))
            }
            observation.cancel()
            #expect(log.stopped.isEmpty)
            try await scene.expect(id, is: .running)
        },
        ConformanceCheck("S6 a submission may depend on an earlier one of its batch") { scene in
            let outcomes = try await scene.store.submit(
                contentsOf: [JobSubmission(type: "work"), JobSubmission(type: "work", dependencies: [.submission(0)])],
                at: t(1))
            try await scene.expect(outcomes[1].id, is: .blocked)
            #expect(try await scene.store.dependencies(of: outcomes[1].id) == [outcomes[0].id])
            try await scene.run(outcomes[0].id)
            try await scene.expect(outcomes[1].id, is: .pending)
        },
        ConformanceCheck("S6 a submission may depend on a later one of its batch") { scene in
            let outcomes = try await scene.store.submit(
                contentsOf: [JobSubmission(type: "work", dependencies: [.submission(1)]), JobSubmission(type: "work")],
                at: t(1))
            try await scene.expect(outcomes[0].id, is: .blocked)
            #expect(try await scene.store.dependents(of: outcomes[1].id) == [outcomes[0].id])
            try await scene.run(outcomes[1].id)
            try await scene.expect(outcomes[0].id, is: .pending)
        },
        ConformanceCheck("S6 a dependency on a duplicate within the batch refers to the existing job") { scene in
            let existing = try await scene.add(.keyed("k"))
            let outcomes = try await scene.store.submit(
                contentsOf: [.keyed("k"), JobSubmission(type: "work", dependencies: [.submission(0)])], at: t(1))
            #expect(try await scene.store.dependencies(of: outcomes[1].id) == [existing])
            try await scene.run(existing)
            try await scene.expect(outcomes[1].id, is: .pending)
        },
        ConformanceCheck("S7 submissions of a batch that wait for each other through a duplicate are refused") {
            scene in
            var first = JobSubmission.keyed("k")
            first.dependencies = [.submission(1)]
            let batch = [first, JobSubmission.keyed("k")]
            try await scene.refused(.dependencyCycle) {
                _ = try await scene.store.submit(contentsOf: batch, at: t(1))
            }
        },
        ConformanceCheck(
            "S7 a child in a batch that waits for its parent through another submission is refused with its index"
        ) {
            scene in
            let parent = try await scene.add()
            let error = try await scene.refused(.dependencyCycle) {
                _ = try await scene.store.submit(
                    contentsOf: [
                        JobSubmission(type: "work"), .after(parent),
                        JobSubmission(type: "work", dependencies: [.submission(1)], parent: parent),
                    ], at: t(1))
            }
            #expect(error?.index == 1 || error?.index == 2, "the index is of a submission on the path")
            #expect(error?.jobs.contains(parent) ?? false)
        },
        ConformanceCheck("S6 a batch of one submission follows the rules of a batch") { scene in
            let error = try await scene.refused(.unknownDependency) {
                _ = try await scene.store.submit(contentsOf: [.after(JobID(9))], at: t(1))
            }
            #expect(error?.index == 0)
        },
        ConformanceCheck("S6 a large batch is stored in order and claimed in order") { scene in
            let batch = (0..<2000).map { JobSubmission(type: "work", payload: [UInt8($0 % 251)]) }
            let ids = try await scene.store.submit(contentsOf: batch, at: t(1)).map(\.id)
            #expect(ids == ids.sorted())
            #expect(Set(ids).count == 2000)
            #expect(try await scene.claim(2000).map(\.id) == ids)
        },
        ConformanceCheck("C10 concurrent batches of many callers are each stored as a whole") { scene in
            let outcomes = try await withThrowingTaskGroup(of: [SubmitOutcome].self) { group in
                for number in 0..<30 {
                    group.addTask {
                        try await scene.store.submit(
                            contentsOf: [
                                JobSubmission(type: "work", label: "\(number)"),
                                JobSubmission(type: "work", label: "\(number)", dependencies: [.submission(0)]),
                            ], at: t(1))
                    }
                }
                return try await group.reduce(into: [[SubmitOutcome]]()) { $0.append($1) }
            }
            for pair in outcomes {
                #expect(try await scene.store.dependencies(of: pair[1].id) == [pair[0].id])
                #expect(try await scene.record(pair[0].id).label == scene.record(pair[1].id).label)
            }
            #expect(try await scene.store.counts()[.blocked] == 30)
        },
    ]
}
