import QueueModel
import QueueStoreKit
import Testing

enum ChildrenChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("D12 a job that returns before its children have ended waits, and keeps its output") { scene in
            let (parent, running, _) = try await scene.family(children: 1)
            #expect(try await scene.finish(running, .success(output: [7])) == .recorded(.waiting))
            let record = try await scene.record(parent)
            #expect(record.state == .waiting)
            #expect(record.output == [7])
            #expect(record.finishedAt == nil)
            #expect(try await scene.store.attempts(of: parent).first?.endedAt == t(2))
        },
        ConformanceCheck("D12 when its last child ends a parent is pending again, to finalize") { scene in
            let (parent, running, children) = try await scene.family(children: 2)
            try await scene.finish(running, .success(output: [7]))
            try await scene.run(children[0], at: t(3))
            try await scene.expect(parent, is: .waiting)
            let last = try await scene.claimOnly(children[1], at: t(4))
            let result = try await scene.turn(finishing: [.of(last)], claiming: 1, at: t(5))
            #expect(result.changes.contains { $0.id == parent && $0.state == .pending && $0.cause == children[1] })
            let finalizing = try #require(result.claimed.first)
            #expect(finalizing.id == parent)
            #expect(finalizing.phase == .finalize)
            #expect(finalizing.attempt == 2)
            #expect(finalizing.output == [7])
            #expect(finalizing.retries == 0)
            #expect(try await scene.finish(finalizing, .success(output: [8]), at: t(6)) == .recorded(.completed))
            let record = try await scene.record(parent)
            #expect(record.output == [8])
            #expect(record.phase == .finalize)
            #expect(record.finishedAt == t(6))
        },
        ConformanceCheck("D12 a finalize without output keeps the output of execute") { scene in
            let (parent, running, children) = try await scene.family(children: 1)
            try await scene.finish(running, .success(output: [7]))
            try await scene.run(children[0], at: t(3))
            try await scene.run(parent, .success(output: nil), at: t(4))
            #expect(try await scene.record(parent).output == [7])
        },
        ConformanceCheck("D12 a retried finalize finalizes again") { scene in
            let (parent, running, children) = try await scene.family(children: 1)
            try await scene.finish(running)
            try await scene.run(children[0], at: t(3))
            try await scene.run(parent, .retry(at: t(4), .passing), at: t(4))
            let again = try await scene.claimOnly(parent, at: t(5))
            #expect(again.phase == .finalize)
            #expect(try await scene.finish(again, at: t(6)) == .recorded(.completed))
        },
        ConformanceCheck(
            "D12 a job finalizes even if all its children ended before it did, and keeps its output"
        ) {
            scene in
            let (parent, running, children) = try await scene.family(children: 1)
            try await scene.run(children[0])
            #expect(try await scene.finish(running, .success(output: [7]), at: t(3)) == .recorded(.pending))
            let finalizing = try await scene.claimOnly(parent, at: t(4))
            #expect(finalizing.phase == .finalize)
            #expect(finalizing.output == [7])
            #expect(try await scene.finish(finalizing, at: t(5)) == .recorded(.completed))
        },
        ConformanceCheck("L2 D12 a parent and its last child can end in one turn, in either order") { scene in
            for order in [[0, 1], [1, 0]] {
                let (parent, running, children) = try await scene.family(children: 1)
                let child = try await scene.claimOnly(children[0])
                let completions = [Completion.of(running), .of(child)]
                let result = try await scene.turn(finishing: order.map { completions[$0] })
                if order == [0, 1] {
                    #expect(result.outcomes == [.recorded(.waiting), .recorded(.completed)])
                } else {
                    #expect(result.outcomes == [.recorded(.completed), .recorded(.pending)])
                }
                #expect(try await scene.claimOnly(parent, at: t(3)).phase == .finalize)
                try await scene.finish(scene.record(parent), at: t(4))
                try await scene.expect(parent, is: .completed)
            }
        },
        ConformanceCheck("D12 a parent waits for a child that is retried") { scene in
            let (parent, running, children) = try await scene.family(children: 1)
            try await scene.finish(running)
            try await scene.run(children[0], .retry(at: t(3), .passing), at: t(3))
            try await scene.expect(parent, is: .waiting)
            try await scene.run(children[0], at: t(4))
            try await scene.expect(parent, is: .pending)
        },
        ConformanceCheck("D12 fail-fast: a child's failure cancels its siblings and fails the waiting parent") {
            scene in
            for end in [Completion.End.failure(.permanent), .deadLetter(.passing)] {
                let (parent, running, children) = try await scene.family(children: 3)
                try await scene.finish(running)
                let claimed = try await scene.claim(2, at: t(3))
                #expect(claimed.map(\.id) == Array(children[..<2]))
                let log = SignalLog()
                let observation = scene.store.observe(log.take)
                let result = try await scene.turn(finishing: [.of(claimed[0], end, at: t(4))], at: t(4))
                observation.cancel()
                let record = try await scene.record(parent)
                #expect(record.state == .failed)
                #expect(record.failure?.kind == .relatedJob)
                #expect(result.changes.contains { $0.id == parent && $0.state == .failed && $0.cause == children[0] })
                try await scene.expect(children[2], is: .cancelled)
                try await scene.expect(children[1], is: .running, "a running sibling is asked to stop")
                #expect(log.stopped.contains(children[1]))
                #expect(try await scene.record(children[1]).cancelRequestedAt == t(4))
                #expect(try await scene.finish(claimed[1], at: t(5)) == .recorded(.cancelled))
                try await scene.expect(parent, is: .failed)
            }
        },
        ConformanceCheck("D12 fail-fast: a child that fails while its parent executes fails the parent when that ends")
        { scene in
            let (parent, running, children) = try await scene.family(children: 2)
            try await scene.run(children[0], .failure(.permanent))
            try await scene.expect(children[1], is: .cancelled)
            #expect(try await scene.finish(running, at: t(3)) == .recorded(.failed))
            #expect(try await scene.record(parent).failure?.kind == .relatedJob)
        },
        ConformanceCheck("D12 fail-fast: a parent that a child has failed is not retried or released") {
            scene in
            let ends: [Completion.End] = [
                .retry(at: t(4), .passing), .retryInPlace(.passing), .snooze(until: t(4)), .release(.interrupted),
            ]
            for end in ends {
                let (_, running, children) = try await scene.family(children: 1)
                try await scene.run(children[0], .failure(.permanent))
                #expect(try await scene.finish(running, end, at: t(3)) == .recorded(.failed), "\(end)")
            }
        },
        ConformanceCheck("D12 fail-fast off: the parent finalizes after all children, however they end") { scene in
            let (parent, running, children) = try await scene.family(children: 3, failFast: false)
            try await scene.finish(running)
            try await scene.run(children[0], .failure(.permanent), at: t(3))
            try await scene.expect(parent, is: .waiting)
            try await scene.run(children[1], .deadLetter(.passing), at: t(4))
            try await scene.expect(parent, is: .waiting)
            try await scene.run(children[2], at: t(5))
            let finalizing = try await scene.claimOnly(parent, at: t(6))
            #expect(finalizing.phase == .finalize)
            let ends = try await scene.store.jobs(JobQuery(parent: parent, order: .oldestFirst)).jobs.map(\.state)
            #expect(ends == [.failed, .deadLettered, .completed], "finalize can see each child's end")
            #expect(try await scene.finish(finalizing, at: t(7)) == .recorded(.completed))
        },
        ConformanceCheck("D12 fail-fast off: a child that fails while the parent executes does not fail it") { scene in
            let (parent, running, children) = try await scene.family(children: 1, failFast: false)
            try await scene.run(children[0], .failure(.permanent))
            #expect(try await scene.finish(running, at: t(3)) == .recorded(.pending))
            #expect(try await scene.run(parent, at: t(4)) == .recorded(.completed))
        },
        ConformanceCheck("D12 the dependents of a parent that fails with a child fail too") { scene in
            let (parent, running, children) = try await scene.family(children: 1)
            let dependent = try await scene.add(.after(parent, type: "third"))
            try await scene.finish(running)
            try await scene.run(children[0], .failure(.permanent), at: t(3))
            try await scene.expect(parent, is: .failed)
            try await scene.expect(dependent, is: .dependencyFailed)
        },
        ConformanceCheck("D12 a dependent of a waiting parent is unblocked when the parent has finalized") { scene in
            let (parent, running, children) = try await scene.family(children: 1)
            let dependent = try await scene.add(.after(parent))
            try await scene.finish(running)
            try await scene.run(children[0], at: t(3))
            try await scene.expect(dependent, is: .blocked)
            try await scene.run(parent, at: t(4))
            try await scene.expect(dependent, is: .pending)
        },
        ConformanceCheck("D12 failures propagate through grandparents") { scene in
            let (grandparent, top, children) = try await scene.family(children: 1)
            try await scene.finish(top)
            let middle = try await scene.claimOnly(children[0], at: t(3))
            let grandchild = try await scene.add(.child(of: children[0]))
            try await scene.finish(middle, at: t(4))
            try await scene.run(grandchild, .failure(.permanent), at: t(5))
            try await scene.expect(children[0], is: .failed)
            try await scene.expect(grandparent, is: .failed)
        },
        ConformanceCheck("D12 completions propagate through grandparents") { scene in
            let (grandparent, top, children) = try await scene.family(children: 1)
            try await scene.finish(top)
            let middle = try await scene.claimOnly(children[0], at: t(3))
            let grandchild = try await scene.add(.child(of: children[0]))
            try await scene.finish(middle, at: t(4))
            try await scene.run(grandchild, at: t(5))
            try await scene.expect(grandparent, is: .waiting)
            try await scene.run(children[0], at: t(6))
            try await scene.run(grandparent, at: t(7))
        },
        ConformanceCheck("D12 a batch of children is stored as a whole") { scene in
            let parent = try await scene.add("other")
            try await scene.claimOnly(parent)
            let outcomes = try await scene.store.submit(
                contentsOf: [
                    .child(of: parent), JobSubmission(type: "work", dependencies: [.submission(0)], parent: parent),
                ], at: t(1))
            #expect(try await scene.store.count(JobQuery(parent: parent)) == 2)
            try await scene.finish(scene.record(parent))
            try await scene.run(outcomes[0].id, at: t(3))
            try await scene.expect(parent, is: .waiting)
            try await scene.run(outcomes[1].id, at: t(4))
            try await scene.expect(parent, is: .pending)
        },
        ConformanceCheck("D12 a finalizing job may submit more children, and finalizes again after them") { scene in
            let (parent, running, children) = try await scene.family(children: 1)
            try await scene.finish(running, .success(output: [7]))
            try await scene.run(children[0], at: t(3))
            let finalizing = try await scene.claimOnly(parent, at: t(4))
            let late = try await scene.add(.child(of: parent))
            #expect(try await scene.finish(finalizing, at: t(5)) == .recorded(.waiting))
            try await scene.run(late, at: t(6))
            let again = try await scene.claimOnly(parent, at: t(7))
            #expect(again.phase == .finalize)
            #expect(again.output == [7], "a finalize that returned nothing has not taken it away")
        },
        ConformanceCheck("D12 a waiting parent is kept when the store is reopened", requires: .persistent) {
            scene in
            let (parent, running, children) = try await scene.family(children: 1)
            try await scene.finish(running, .success(output: [1]))
            let after = try await scene.reopened()
            try await after.run(children[0], at: t(3))
            let finalizing = try await after.claimOnly(parent, at: t(4))
            #expect(finalizing.phase == .finalize)
            #expect(finalizing.output == [1])
        },
    ]
}

extension Scene {
    /// Submits and claims a parent of the type `other` and submits children of the type `work`.
    func family(
        children: Int, failFast: Bool = true, _ submission: JobSubmission? = nil
    ) async throws -> (parent: JobID, running: JobRecord, children: [JobID]) {
        let parent = try await add(submission ?? JobSubmission(type: "other", failFast: failFast))
        let running = try await claimOnly(parent)
        let batch = (0..<children).map { _ in JobSubmission.child(of: parent) }
        let ids = try await store.submit(contentsOf: batch, at: t(1)).map(\.id)
        return (parent, running, ids)
    }
}
