import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

enum SubmittingChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("S3 a new job is pending, not attempted, and dated with its submission") { scene in
            let id = try await scene.add(at: t(7))
            let record = try await scene.record(id)
            #expect(record.state == .pending)
            #expect(record.phase == .execute)
            #expect(record.attempt == 0)
            #expect(record.retries == 0)
            #expect(record.crashes == 0)
            #expect(record.submittedAt == t(7))
            #expect(record.startedAt == nil)
            #expect(record.finishedAt == nil)
            #expect(record.cancelRequestedAt == nil)
            #expect(record.worker == nil)
            #expect(record.failure == nil)
            #expect(record.output == nil)
            #expect(record.checkpoint == nil)
        },
        ConformanceCheck("S3 ids start at 1 and increase with each submission") { scene in
            let ids = try await scene.add(count: 5)
            #expect(ids.map(\.rawValue) == [1, 2, 3, 4, 5])
        },
        ConformanceCheck("S3 an id is not reused after its job was deleted") { scene in
            let first = try await scene.ended(.completed)
            #expect(try await scene.store.deleteEnded(first))
            let second = try await scene.add()
            #expect(second > first)
        },
        ConformanceCheck(
            "S3 an id is not reused after its job was deleted and the store reopened", requires: .persistent
        ) {
            scene in
            let first = try await scene.ended(.completed)
            #expect(try await scene.store.deleteEnded(first))
            let second = try await scene.reopened().add()
            #expect(second > first)
        },
        ConformanceCheck("I1 a reopened store has everything the closed one had", requires: .persistent) { scene in
            _ = try await scene.ended(.completed)
            _ = try await scene.ended(.failed)
            let first = try await scene.add(.keyed("k"))
            try await scene.add(.after(first))
            try await scene.store.pause(Pause(.group("g"), reason: "night"), at: t(0))
            try await scene.claimOnly(first)
            let before = try await scene.dump()
            let after = try await scene.reopened()
            #expect(try await after.dump().differences(from: before).isEmpty, "what was stored is there again")
            #expect(try await after.store.check().isEmpty)
        },
        ConformanceCheck("S7 a dependency that was never submitted is refused") { scene in
            let id = try await scene.add()
            let error = try await scene.refused(.unknownDependency) {
                _ = try await scene.store.submit(.after(id, JobID(99)), at: t(1))
            }
            #expect(error?.index == nil, "a single submission has no place in a batch")
        },
        ConformanceCheck("S7 invalid ids are refused as dependencies and parents") { scene in
            for id in [0, -1, .max, .min] as [Int64] {
                try await scene.refused(.unknownDependency) {
                    _ = try await scene.store.submit(.after(JobID(id)), at: t(1))
                }
                try await scene.refused(.unknownParent) {
                    _ = try await scene.store.submit(.child(of: JobID(id)), at: t(1))
                }
            }
        },
        ConformanceCheck("S7 a dependency on the id that the submission itself would get is refused") { scene in
            let id = try await scene.add()
            try await scene.refused(.unknownDependency) {
                _ = try await scene.store.submit(.after(JobID(id.rawValue + 1)), at: t(1))
            }
        },
        ConformanceCheck("S7 a parent that was never submitted is refused") { scene in
            try await scene.refused(.unknownParent) {
                _ = try await scene.store.submit(.child(of: JobID(42)), at: t(1))
            }
        },
        ConformanceCheck("S7 a parent that has ended is refused") { scene in
            for state in [JobState.completed, .failed, .cancelled] {
                let parent = try await scene.ended(state)
                try await scene.refused(.unknownParent) {
                    _ = try await scene.store.submit(.child(of: parent), at: t(1))
                }
            }
        },
        ConformanceCheck("S7 a child that depends on its own parent is refused, and the cycle names the parent") {
            scene in
            let parent = try await scene.add()
            let error = try await scene.refused(.dependencyCycle) {
                _ = try await scene.store.submit(
                    JobSubmission(type: "work", dependencies: [.job(parent)], parent: parent), at: t(1))
            }
            #expect(error?.jobs.contains(parent) ?? false, "the path of the cycle has the parent")
            #expect(error?.index == nil)
        },
        ConformanceCheck(
            "S7 a child that depends on a job that waits for its parent is refused, and the cycle names both"
        ) {
            scene in
            let parent = try await scene.add()
            let middle = try await scene.add(.after(parent))
            let error = try await scene.refused(.dependencyCycle) {
                _ = try await scene.store.submit(
                    JobSubmission(type: "work", dependencies: [.job(middle)], parent: parent), at: t(1))
            }
            #expect(error?.jobs.contains(parent) ?? false)
            #expect(error?.jobs.contains(middle) ?? false)
        },
        ConformanceCheck("S7 a grandchild that depends on its grandparent is refused") { scene in
            let grandparent = try await scene.add()
            let parent = try await scene.add(.child(of: grandparent))
            let error = try await scene.refused(.dependencyCycle) {
                _ = try await scene.store.submit(
                    JobSubmission(type: "work", dependencies: [.job(grandparent)], parent: parent), at: t(1))
            }
            #expect(error?.jobs.contains(grandparent) ?? false)
        },
        ConformanceCheck("S7 a child may depend on its sibling") { scene in
            let parent = try await scene.add()
            let elder = try await scene.add(.child(of: parent))
            let younger = try await scene.add(
                JobSubmission(type: "work", dependencies: [.job(elder)], parent: parent))
            try await scene.expect(younger, is: .blocked)
        },
        ConformanceCheck("C10 many concurrent callers each get their own outcome") { scene in
            let outcomes = try await withThrowingTaskGroup(of: (Int, SubmitOutcome).self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let submission = JobSubmission(type: "work", label: "caller \(number)")
                        return (number, try await scene.store.submit(submission, at: t(1)))
                    }
                }
                return try await group.reduce(into: [Int: SubmitOutcome]()) { $0[$1.0] = $1.1 }
            }
            #expect(Set(outcomes.values.map(\.id)).count == 200, "each has a job of its own")
            for (number, outcome) in outcomes {
                let record = try await scene.record(outcome.id)
                #expect(record.label == "caller \(number)", "the outcome is that of the caller's own submission")
            }
        },
        ConformanceCheck(
            "C10 each of many concurrent callers with an error gets its own, and the others get their jobs"
        ) {
            (scene) async throws in
            let results = await withTaskGroup(of: (Int, Result<SubmitOutcome, any Error>).self) { group in
                for number in 0..<120 {
                    group.addTask {
                        let submission =
                            number.isMultiple(of: 3)
                            ? JobSubmission.after(JobID(Int64(1_000_000 + number))) : JobSubmission(type: "work")
                        do {
                            return (number, .success(try await scene.store.submit(submission, at: t(1))))
                        } catch {
                            return (number, .failure(error))
                        }
                    }
                }
                return await group.reduce(into: [Int: Result<SubmitOutcome, any Error>]()) { $0[$1.0] = $1.1 }
            }
            for (number, result) in results {
                switch result {
                case .success(let outcome):
                    #expect(!number.isMultiple(of: 3), "caller \(number) named an unknown dependency")
                    #expect(outcome.isNew)
                case .failure(let error):
                    #expect(number.isMultiple(of: 3), "caller \(number) did nothing wrong: \(error)")
                    #expect((error as? QueueError)?.code == .unknownDependency)
                }
            }
            #expect(try await scene.store.count(JobQuery()) == 80, "what failed left nothing")
        },
        ConformanceCheck(
            "I1 a job that was acknowledged while the store closed is stored, and no other", requires: .persistent
        ) {
            scene in
            let ids = try await withThrowingTaskGroup(of: JobID?.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        if number == 50 { await scene.store.close() }
                        do throws(QueueError) {
                            return try await scene.store.submit(JobSubmission(type: "work"), at: t(1)).id
                        } catch {
                            if error.code == .closed { return nil }
                            throw error
                        }
                    }
                }
                return try await group.reduce(into: Set<JobID>()) { if let id = $1 { $0.insert(id) } }
            }
            let after = try await scene.reopened()
            let stored = try await after.store.jobs(JobQuery(limit: 1000)).jobs.map(\.id)
            #expect(Set(stored) == ids)
            #expect(try await after.store.check().isEmpty)
            await after.store.close()
        },
        ConformanceCheck("C10 one of many concurrent callers with one key gets the job, and the others its id") {
            scene in
            let outcomes = try await withThrowingTaskGroup(of: SubmitOutcome.self) { group in
                for _ in 0..<100 {
                    group.addTask { try await scene.store.submit(.keyed("one"), at: t(1)) }
                }
                return try await group.reduce(into: [SubmitOutcome]()) { $0.append($1) }
            }
            let fresh = outcomes.filter(\.isNew)
            #expect(fresh.count == 1)
            #expect(Set(outcomes.map(\.id)).count == 1, "all stand for the one job")
            #expect(try await scene.store.count(JobQuery()) == 1)
        },
    ]
}
