import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

enum EffectsChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("E8 effects are performed in order with the success that is recorded", requires: .effects) {
            scene in
            let ids = try await scene.withNotes().add(count: 3)
            let running = try await scene.claim()
            let result = try await scene.turn(finishing: [
                .of(running[0], effects: [scene.note("a"), scene.note("b")]),
                .of(running[1], .success(output: [7])),
                .of(running[2], .success(output: [8]), io: IOAmount(diskRead: 9), effects: [scene.note("c")]),
            ])
            #expect(result.outcomes == Array(repeating: .recorded(.completed), count: 3))
            #expect(try await scene.notes() == ["a", "b", "c"])
            #expect(try await scene.record(ids[2]).output == [8])
            #expect(try await scene.record(ids[2]).io?.diskRead == 9)
            #expect(try await scene.record(ids[0]).finishedAt == t(2))
        },
        ConformanceCheck(
            "E8 an effect is committed together with all changes that follow from the job's end", requires: .effects
        ) { scene in
            let id = try await scene.withNotes().add()
            let waiting = try await scene.add(.after(id))
            let running = try await scene.claimOnly(id)
            let result = try await scene.turn(finishing: [.of(running, effects: [scene.note("a")])], claiming: 1)
            #expect(result.claimed.map(\.id) == [waiting])
            #expect(try await scene.notes() == ["a"])
        },
        ConformanceCheck("E8 values that effects have written are kept", requires: [.effects, .persistent]) { scene in
            let id = try await scene.withNotes().add()
            let running = try await scene.claimOnly(id)
            try await scene.turn(finishing: [.of(running, effects: [scene.note("a")])])
            let reopened = try await scene.reopened()
            #expect(try await reopened.notes() == ["a"])
            try await reopened.expect(id, is: .completed)
            await reopened.store.close()
        },
        ConformanceCheck("E8 a stale success undoes its effects", requires: .effects) { scene in
            let id = try await scene.withNotes().add()
            let first = try await scene.claimOnly(id)
            try await scene.finish(first, .retry(at: t(2), .passing))
            let second = try await scene.claimOnly(id, at: t(3))
            let result = try await scene.turn(
                finishing: [.of(first, effects: [scene.note("first")]), .of(second, effects: [scene.note("second")])],
                at: t(4))
            #expect(result.outcomes == [.stale, .recorded(.completed)])
            #expect(try await scene.notes() == ["second"])
            let again = try await scene.turn(finishing: [.of(second, effects: [scene.note("again")])], at: t(5))
            #expect(again.outcomes == [.stale])
            #expect(try await scene.notes() == ["second"])
        },
        ConformanceCheck(
            "E8 a failed effect undoes all effects of its job, and nothing else", requires: .effects
        ) {
            scene in
            let ids = try await scene.withNotes().add(count: 3)
            let waiting = try await scene.add(.after(ids[1]))
            let running = try await scene.claim()
            let result = try await scene.turn(finishing: [
                .of(running[0], effects: [scene.note("a")]),
                .of(
                    running[1], .success(output: [1]),
                    effects: [scene.note("b"), scene.note("c", throwing: Refusal())]),
                .of(running[2], effects: [scene.note("d")]),
            ])
            #expect(
                result.outcomes == [
                    .recorded(.completed), .effectFailed(EffectFailure(Refusal())), .recorded(.completed),
                ])
            #expect(try await scene.notes() == ["a", "d"])
            try await scene.expect(ids[1], is: .running)
            try await scene.expect(waiting, is: .blocked)
            #expect(try await scene.record(ids[1]).output == nil)
            #expect(try await scene.store.attempts(of: ids[1]).map(\.endedAt) == [nil])
        },
        ConformanceCheck("E8 after a failed effect the attempt ends as its worker then decides", requires: .effects) {
            scene in
            let id = try await scene.withNotes().add()
            let first = try await scene.claimOnly(id)
            try await scene.turn(finishing: [.of(first, effects: [scene.note("a", throwing: Refusal())])])
            #expect(try await scene.finish(first, .retry(at: t(2), .passing)) == .recorded(.pending))
            let second = try await scene.claimOnly(id, at: t(3))
            #expect(second.retries == 1)
            try await scene.turn(finishing: [.of(second, effects: [scene.note("b")])], at: t(4))
            try await scene.expect(id, is: .completed)
            #expect(try await scene.notes() == ["b"])
        },
        ConformanceCheck("E8 a job that is cancelled instead undoes its effects", requires: .effects) {
            scene in
            let id = try await scene.withNotes().add()
            let running = try await scene.claimOnly(id)
            _ = try await scene.store.cancel(id, at: t(1))
            let result = try await scene.turn(finishing: [.of(running, effects: [scene.note("a")])])
            #expect(result.outcomes == [.recorded(.cancelled)])
            #expect(try await scene.notes().isEmpty)
        },
        ConformanceCheck(
            "E8 the effects of a job that waits for its children are performed when it starts to wait",
            requires: .effects
        ) {
            scene in
            let parent = try await scene.withNotes().add()
            let running = try await scene.claimOnly(parent)
            let child = try await scene.add(.child(of: parent))
            let waits = try await scene.turn(finishing: [.of(running, effects: [scene.note("execute")])])
            #expect(waits.outcomes == [.recorded(.waiting)])
            #expect(try await scene.notes() == ["execute"])
            try await scene.run(child)
            let finalizing = try await scene.claimOnly(parent, at: t(3))
            try await scene.turn(finishing: [.of(finalizing, effects: [scene.note("finalize")])], at: t(4))
            try await scene.expect(parent, is: .completed)
            #expect(try await scene.notes() == ["execute", "finalize"])
        },
        ConformanceCheck("E8 a job that fails with its child undoes its effects", requires: .effects) {
            scene in
            let parent = try await scene.withNotes().add()
            let running = try await scene.claimOnly(parent)
            let child = try await scene.add(.child(of: parent))
            try await scene.run(child, .failure(.permanent))
            let result = try await scene.turn(finishing: [.of(running, effects: [scene.note("a")])], at: t(3))
            #expect(result.outcomes == [.recorded(.failed)])
            #expect(try await scene.notes().isEmpty)
        },
        ConformanceCheck("E8 a turn that throws undoes its effects", requires: .effects) { scene in
            let id = try await scene.withNotes().add()
            let running = try await scene.claimOnly(id)
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(1)))
            try await scene.store.closeWorker(other, at: t(1))
            let note = scene.note("a")
            try await scene.refused(.leaseLost) {
                try await scene.turn(finishing: [.of(running, effects: [note])], claiming: 1, by: other)
            }
            #expect(try await scene.notes().isEmpty)
            let result = try await scene.turn(finishing: [.of(running, effects: [note])])
            #expect(result.outcomes == [.recorded(.completed)])
            #expect(try await scene.notes() == ["a"])
        },
        ConformanceCheck("E8 an effect that the store can't perform fails its job permanently") { scene in
            let effect = UnknownEffect()
            #expect(!scene.store.accepts(effect))
            let ids = try await scene.add(count: 2)
            let running = try await scene.claim()
            let result = try await scene.turn(finishing: [.of(running[0], effects: [effect]), .of(running[1])])
            guard case .effectFailed(let failure) = result.outcomes.first else {
                Issue.record("\(result.outcomes)")
                return
            }
            #expect(failure.isPermanent)
            #expect((failure.error as? QueueError)?.code == .effectNotAccepted)
            try await scene.expect(ids[0], is: .running)
            try await scene.expect(ids[1], is: .completed)
        },
        ConformanceCheck("E8 a store accepts the effects that it can perform", requires: .effects) { scene in
            #expect(scene.store.accepts(scene.note("a")))
        },
    ]
}

/// The error that an effect throws.
private struct Refusal: Error {}

extension Scene {
    /// Creates the scene's notes and returns it.
    fileprivate func withNotes() async throws -> Scene {
        try await factory.prepareNotes(in: store)
        return self
    }

    fileprivate func note(_ text: String, throwing error: (any Error)? = nil) -> any CompletionEffect {
        factory.note(text, throwing: error)
    }

    fileprivate func notes() async throws -> [String] {
        try await factory.notes(in: store)
    }
}
