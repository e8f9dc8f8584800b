import QueueModel
import QueueStoreKit
import Testing

enum DependencyPoliciesChecks {
    /// Checks of policies down chains, on dependencies that have already ended, and in the outcomes of submissions.
    static let all: [ConformanceCheck] = [
        ConformanceCheck("D11 each job of a chain follows its own policy") { scene in
            for upper in Dependency.Policy.allCases {
                for lower in Dependency.Policy.allCases {
                    let bad = try await scene.add()
                    let second = try await scene.add(.after(bad, policy: upper))
                    let third = try await scene.add(.after(second, policy: lower))
                    try await scene.run(bad, .failure(.permanent))
                    try await scene.expect(second, is: upper == .ignore ? .pending : .dependencyFailed)
                    let expected: JobState =
                        switch (upper, lower) {
                        case (.ignore, _): .blocked
                        case (_, .ignore): .pending
                        case (.fail, _): .blocked
                        case (.cancel, _): .dependencyFailed
                        }
                    try await scene.expect(third, is: expected, "\(upper) above \(lower)")
                    for id in [second, third] { _ = try await scene.store.cancel(id, at: t(3)) }
                }
            }
        },
        ConformanceCheck("D11 a dependency that expires or is superseded has not completed") { scene in
            let expires = try await scene.add(JobSubmission(type: "work", expiresAt: t(5)))
            let first = try await scene.add(.after(expires))
            #expect(try await scene.claim(at: t(5)).isEmpty)
            try await scene.expect(first, is: .dependencyFailed)
            let old = try await scene.add(.keyed("k"))
            let second = try await scene.add(.after(old))
            _ = try await scene.store.submit(.keyed("k", .supersede), at: t(6))
            try await scene.expect(second, is: .dependencyFailed)
            for ended in [expires, first, old] {
                try await scene.expect(try await scene.add(.after(ended), at: t(7)), is: .dependencyFailed)
            }
        },
        ConformanceCheck("D11 below policy fail a job stays blocked even if its other dependencies complete") { scene in
            let bad = try await scene.add()
            let good = try await scene.add("other")
            let second = try await scene.add(.after(bad, policy: .fail))
            let third = try await scene.add(.after(second, good))
            try await scene.run(bad, .failure(.permanent))
            try await scene.run(good, at: t(3))
            try await scene.expect(third, is: .blocked)
            #expect(try await scene.store.deleteEnded(second))
            try await scene.expect(third, is: .blocked, "what it waited for is gone, and nobody has settled it")
            guard case .cancelled = try await scene.store.cancel(third, at: t(4)) else {
                Issue.record("a blocked job can be cancelled")
                return
            }
        },
        ConformanceCheck("D11 a job that ends when it is submitted is reported in the outcome") { scene in
            let bad = try await scene.ended(.failed)
            let outcome = try await scene.store.submit(.after(bad), at: t(1))
            let change = JobChange(id: outcome.id, type: "work", state: .dependencyFailed, cause: bad)
            #expect(outcome == .inserted(outcome.id, changes: [change]))
            let waits = try await scene.store.submit(.after(bad, policy: .ignore), at: t(1))
            #expect(waits.changes.isEmpty)
        },
        ConformanceCheck("D11 in a batch the jobs below one that ends immediately follow their policies") { scene in
            let bad = try await scene.ended(.failed)
            let batch = [
                JobSubmission(type: "work", dependencies: [.submission(1)]), .after(bad),
                .after(bad, policy: .fail), JobSubmission(type: "work", dependencies: [.submission(2)]),
                JobSubmission(type: "work", dependencies: [.submission(1)], dependencyPolicy: .ignore),
            ]
            let outcomes = try await scene.store.submit(contentsOf: batch, at: t(1))
            let states: [JobState] = [.dependencyFailed, .dependencyFailed, .dependencyFailed, .blocked, .pending]
            for (outcome, state) in zip(outcomes, states) { try await scene.expect(outcome.id, is: state) }
            let changes = outcomes.flatMap(\.changes)
            #expect(Set(changes.map(\.id)) == Set([outcomes[0].id, outcomes[1].id, outcomes[2].id, outcomes[4].id]))
            #expect(changes.count == 4, "each of them once")
            #expect(changes.contains { $0.id == outcomes[0].id && $0.cause == outcomes[1].id })
        },
        ConformanceCheck("D11 the order within a batch does not affect dependents of a job that the batch ends") {
            scene in
            for isFirst in [true, false] {
                let old = try await scene.add(.keyed("k"))
                let batch: [JobSubmission] = [.after(old), .keyed("k", .supersede)]
                let outcomes = try await scene.store.submit(contentsOf: isFirst ? batch : batch.reversed(), at: t(1))
                let dependent = outcomes[isFirst ? 0 : 1].id
                try await scene.expect(dependent, is: .dependencyFailed)
                #expect(outcomes.flatMap(\.changes).map(\.id) == [dependent])
                try await scene.run(outcomes[isFirst ? 1 : 0].id)
            }
        },
        ConformanceCheck("D11 a job that depends on the one it supersedes ends immediately") { scene in
            let old = try await scene.add(.keyed("k"))
            var submission = JobSubmission.keyed("k", .supersede)
            submission.dependencies = [.job(old)]
            let outcome = try await scene.store.submit(submission, at: t(1))
            try await scene.expect(outcome.id, is: .dependencyFailed)
            #expect(outcome.changes.map(\.id) == [outcome.id])
        },
        ConformanceCheck("S5 changes that follow from superseding a job are reported in the outcome") { scene in
            let old = try await scene.add(.keyed("k"))
            let child = try await scene.add(.child(of: old))
            let dependent = try await scene.add(.after(old, type: "third"))
            let ignores = try await scene.add(.after(old, policy: .ignore))
            let outcome = try await scene.store.submit(.keyed("k", .supersede), at: t(1))
            #expect(
                Set(outcome.changes) == [
                    JobChange(id: child, type: "work", state: .cancelled, cause: old),
                    JobChange(id: dependent, type: "third", state: .dependencyFailed, cause: old),
                    JobChange(id: ignores, type: "work", state: .pending, cause: old),
                ])
            guard case .superseded(old, by: _, changes: _) = outcome else {
                Issue.record("the outcome was \(outcome)")
                return
            }
        },
        ConformanceCheck("S7 a single submission can't depend on an index in a batch") { scene in
            let parent = try await scene.add()
            for parent in [nil, parent] {
                for place in [0, 1, -1] {
                    try await scene.refused(.unknownDependency) {
                        _ = try await scene.store.submit(
                            JobSubmission(type: "work", dependencies: [.submission(place)], parent: parent), at: t(1))
                    }
                }
            }
        },
        ConformanceCheck("S7 the path of a cycle through a parent is named in order") { scene in
            let parent = try await scene.add()
            let first = try await scene.add(.after(parent))
            let second = try await scene.add(.after(first))
            let third = try await scene.add()
            let error = try await scene.refused(.dependencyCycle) {
                _ = try await scene.store.submit(
                    JobSubmission(type: "work", dependencies: [.job(third), .job(second)], parent: parent), at: t(1))
            }
            let jobs = try #require(error?.jobs)
            try #require(jobs.count == 4, "parent, child and what lies between: \(jobs)")
            let start = try #require(jobs.firstIndex(of: parent))
            // The parent waits for the child, the child for the second job, the second for the first, the first for
            // the parent.
            #expect([2, 3].map { jobs[(start + $0) % 4] } == [second, first])
            #expect(error?.message.contains("\(second) → \(first)") ?? false)
        },
    ]
}
