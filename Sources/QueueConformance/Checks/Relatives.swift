import QueueModel
import QueueStoreKit
import Testing

enum RelativesChecks {
    /// Checks of inheritance and failure between parents, children and siblings.
    static let all: [ConformanceCheck] = [
        ConformanceCheck("D12 a child is at least as urgent as its parent") { scene in
            let cases: [(Priority, Priority, Priority)] = [
                (.high, .normal, .high), (.normal, .high, .high), (.idle, .idle, .idle),
            ]
            for (ofParent, own, expected) in cases {
                let parent = try await scene.add(priority: ofParent)
                let child = try await scene.add(JobSubmission(type: "work", priority: own, parent: parent))
                #expect(try await scene.record(child).priority == expected)
                let batch = [JobSubmission(type: "work", priority: own, parent: parent)]
                let outcomes = try await scene.store.submit(contentsOf: batch, at: t(1))
                #expect(try await scene.record(outcomes[0].id).priority == expected)
            }
        },
        ConformanceCheck("D12 a child inherits the current priority of its parent") { scene in
            let parent = try await scene.add(.keyed("k"))
            #expect(try await scene.store.submit(.keyed("k", priority: .high), at: t(1)) == .upgraded(parent))
            let child = try await scene.add(.child(of: parent), at: t(2))
            #expect(try await scene.record(child).priority == .high)
        },
        ConformanceCheck("D12 a child expires no later than its parent") { scene in
            let mortal = try await scene.add(JobSubmission(type: "work", expiresAt: t(50)))
            let immortal = try await scene.add()
            let cases: [(JobID, Timestamp?, Timestamp?)] = [
                (mortal, nil, t(50)), (mortal, t(20), t(20)), (mortal, t(90), t(50)), (immortal, t(90), t(90)),
                (immortal, nil, nil),
            ]
            for (parent, own, expected) in cases {
                let child = try await scene.add(JobSubmission(type: "work", expiresAt: own, parent: parent))
                #expect(try await scene.record(child).expiresAt == expected)
            }
        },
        ConformanceCheck("D12 a resubmitted child inherits again") { scene in
            let (_, _, children) = try await scene.family(
                children: 1,
                JobSubmission(type: "other", priority: .high, expiresAt: t(50), failFast: false))
            try await scene.run(children[0], .failure(.permanent))
            let again = try await scene.store.resubmit(children[0], at: t(3))
            let record = try await scene.record(again.id)
            #expect(record.priority == .high)
            #expect(record.expiresAt == t(50))
        },
        ConformanceCheck("D12 a parent that ends without completing ends its children") { scene in
            let ends: [(Completion.End, JobState)] = [
                (.failure(.permanent), .failed), (.deadLetter(.passing), .deadLettered),
                (.cancelled(.stopped), .cancelled),
            ]
            for (end, state) in ends {
                let (parent, running, children) = try await scene.family(children: 2)
                let child = try await scene.claimOnly(children[0])
                #expect(try await scene.finish(running, end, at: t(3)) == .recorded(state))
                try await scene.expect(children[1], is: .cancelled)
                #expect(try await scene.record(children[1]).failure?.kind == .relatedJob)
                #expect(try await scene.record(children[0]).cancelRequestedAt == t(3), "one that runs is asked to stop")
                #expect(try await scene.finish(child, at: t(4)) == .recorded(.cancelled))
                try await scene.expect(parent, is: state)
            }
        },
        ConformanceCheck("Q7 D12 children of an expired parent expire") { scene in
            let parent = try await scene.add(JobSubmission(type: "other", expiresAt: t(5)))
            let child = try await scene.add(JobSubmission(type: "third", runAfter: t(90), parent: parent))
            let result = try await scene.turn(claiming: 1, at: t(5))
            #expect(result.claimed.isEmpty)
            for id in [parent, child] { try await scene.expect(id, is: .expired) }
            let change = JobChange(id: child, type: "third", state: .expired, cause: parent, age: .seconds(5))
            #expect(result.changes.contains(change))
        },
        ConformanceCheck("D12 a cancelled child counts only as ended, even with fail-fast") { scene in
            let (parent, running, children) = try await scene.family(children: 2)
            try await scene.finish(running)
            _ = try await scene.store.cancel(children[0], at: t(3))
            try await scene.expect(parent, is: .waiting)
            try await scene.expect(children[1], is: .pending)
            try await scene.run(children[1], at: t(4))
            #expect(try await scene.claimOnly(parent, at: t(5)).phase == .finalize)
        },
        ConformanceCheck("D12 fail-fast: a child that expires, or fails with a dependency, fails its parent") { scene in
            let (first, running, _) = try await scene.family(children: 0)
            _ = try await scene.add(JobSubmission(type: "work", expiresAt: t(5), parent: first))
            try await scene.finish(running)
            #expect(try await scene.claim(at: t(5)).isEmpty)
            try await scene.expect(first, is: .failed)

            let (second, again, _) = try await scene.family(children: 1)
            let bad = try await scene.ended(.failed)
            let outcome = try await scene.store.submit(
                JobSubmission(type: "work", dependencies: [.job(bad)], parent: second), at: t(6))
            try await scene.expect(outcome.id, is: .dependencyFailed)
            #expect(outcome.changes.contains { $0.state == .cancelled && $0.cause == outcome.id }, "its sibling")
            #expect(try await scene.finish(again, at: t(7)) == .recorded(.failed))
        },
        ConformanceCheck("D12 fail-fast: cancelling a sibling cancels its children") { scene in
            let (parent, running, children) = try await scene.family(children: 2)
            try await scene.finish(running)
            let claimed = try await scene.claim(2, at: t(3))
            let grandchild = try await scene.add(.child(of: children[1]))
            let ends: [Completion] = [.of(claimed[1], at: t(4)), .of(claimed[0], .failure(.permanent), at: t(4))]
            let result = try await scene.turn(finishing: ends, at: t(4))
            #expect(result.outcomes == [.recorded(.waiting), .recorded(.failed)])
            try await scene.expect(parent, is: .failed)
            for id in [children[1], grandchild] {
                try await scene.expect(id, is: .cancelled)
                #expect(result.changes.filter { $0.id == id }.count == 1)
            }
        },
        ConformanceCheck("D12 fail-fast: the first failure counts, and children spawned after it end with the parent") {
            scene in
            let (parent, running, children) = try await scene.family(children: 2)
            let claimed = try await scene.claim(2)
            try await scene.finish(claimed[0], .failure(.permanent), at: t(3))
            let late = try await scene.add(.child(of: parent), at: t(3))
            // The attempt had ended before it was asked to stop.
            try await scene.turn(finishing: [.of(claimed[1], .failure(.permanent), at: t(2))], at: t(4))
            try await scene.expect(children[1], is: .failed)
            try await scene.expect(late, is: .pending)
            #expect(try await scene.finish(running, at: t(5)) == .recorded(.failed))
            try await scene.expect(late, is: .cancelled)
            #expect(try await scene.record(parent).failure?.message.contains("\(children[0])") ?? false)
        },
        ConformanceCheck(
            "D12 a parent that is retried after its children have ended finalizes after it has executed"
        ) {
            scene in
            let (parent, running, children) = try await scene.family(children: 1)
            try await scene.finish(running, .retry(at: t(4), .passing))
            try await scene.run(children[0], at: t(3))
            let again = try await scene.claimOnly(parent, at: t(4))
            #expect(again.phase == .execute, "what it returned is not known yet")
            #expect(try await scene.finish(again, .success(output: [2]), at: t(5)) == .recorded(.pending))
            let finalizing = try await scene.claimOnly(parent, at: t(6))
            #expect(finalizing.phase == .finalize)
            #expect(finalizing.output == [2])
            #expect(try await scene.finish(finalizing, at: t(7)) == .recorded(.completed))
        },
        ConformanceCheck("E6 D12 a cancel after a parent has executed keeps it from finalizing") { scene in
            for open in [true, false] {
                let (parent, running, children) = try await scene.family(children: 1)
                if !open { try await scene.run(children[0]) }
                _ = try await scene.store.cancel(parent, at: t(5))
                let result = try await scene.turn(finishing: [.of(running, at: t(4))], at: t(6))
                #expect(result.outcomes == [.recorded(.cancelled)])
                try await scene.expect(children[0], is: open ? .cancelled : .completed)
            }
        },
        ConformanceCheck("D12 dependencies between children apply, and finalize comes after all of them") { scene in
            let (parent, running, _) = try await scene.family(children: 0)
            let outcomes = try await scene.store.submit(
                contentsOf: [
                    JobSubmission(type: "work", dependencies: [.submission(1)], parent: parent), .child(of: parent),
                ], at: t(1))
            try await scene.finish(running)
            try await scene.run(outcomes[1].id, at: t(3))
            try await scene.expect(parent, is: .waiting)
            try await scene.run(outcomes[0].id, at: t(4))
            #expect(try await scene.claimOnly(parent, at: t(5)).phase == .finalize)
        },
    ]
}
