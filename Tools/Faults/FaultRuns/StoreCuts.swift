package import FaultVFS
import QueueModel
package import QueueStorage
import QueueStoreKit

/// A script that was played on a store, and what a store finds after the power has failed.
///
/// It has to find the state after a number of whole steps, in their order: under `.full` after all that had returned;
/// under `.normal` after all that had returned before the last flush, at least; and a killed process loses none either
/// way.
package struct StoreCuts: CutPlay {
    package private(set) var events: [FileEvent]
    private let expectation: Expectation
    private let durability: SQLiteStoreOptions.Durability
    private let database: String
    private let copy: String
    /// Steps that had begun, that had returned, and that had to be safe from a loss of power.
    private var begun = 0
    private var ended = 0
    private var safe = 0
    /// Whether the copy had to be there.
    private var hasCopy = false

    /// The failures without an injected fault.
    package struct Failure: Error {
        /// The step, and what came of it.
        package let text: String
    }

    /// The findings in files.
    package enum Finding: Sendable {
        /// The steps after which a store looks like that, and whether the copy is whole; `nil` without one.
        case state(Set<Int>, copy: Bool?)
        case broken([String])
    }

    /// Plays a script.
    ///
    /// Marks are twice the number of steps that had ended, and one more while the next was under way.
    package init(_ expectation: Expectation, _ durability: SQLiteStoreOptions.Durability) async throws {
        let directory = try Directory()
        let recorder = FileRecorder()
        try FaultVFS.attach(recorder, to: directory.path)
        defer { FaultVFS.detach(from: directory.path) }
        var subject = Subject(directory, durability)
        try await subject.openIfNeeded()
        for (index, step) in expectation.script.steps.enumerated() {
            var scene = expectation.scenes[index]
            recorder.mark(2 * index + 1)
            let answer = try await subject.take(step, &scene)
            recorder.mark(2 * index + 2)
            if answer != expectation.answers[index] { throw Failure(text: "\(step.name): \(answer)") }
        }
        await subject.close()
        self.expectation = expectation
        self.durability = durability
        events = recorder.events
        database = directory.database
        copy = directory.copy
    }

    /// What the same calls leave of a disk that says it has written down what it was told to, and has not.
    package func onLyingDisk() -> StoreCuts {
        var lying = self
        lying.events.removeAll { if case .sync = $0 { true } else { false } }
        return lying
    }

    package mutating func note(_ mark: Int) {
        begun = (mark + 1) / 2
        ended = mark / 2
        if mark % 2 == 1 { return }
        let step = expectation.script.steps[ended - 1]
        if durability == .full || step.isFlush { safe = ended }
        if step.isBackup { hasCopy = true }
    }

    package func judge(_ finding: Finding, after cut: PowerCut, _ result: inout CutResult) -> [String] {
        switch finding {
        case .broken(let problems): return problems
        case .state(let steps, let copy):
            let least = cut == .everything ? ended : safe
            guard let reached = steps.filter({ $0 <= begun }).max(), reached >= least else {
                return ["it shows what was after \(steps.sorted()) steps, it has to be \(least)…\(begun)"]
            }
            if reached < ended {
                result.shortened += 1
                result.longestTail = max(result.longestTail, ended - reached)
            }
            return hasCopy && copy != true ? ["the copy is gone or not whole"] : []
        }
    }

    package func look(at files: [String: [UInt8]], in directory: Directory) async -> Finding {
        directory.clear()
        for (path, bytes) in files {
            let isCopy = path.hasPrefix(copy)
            let suffix = path.dropFirst((isCopy ? copy : database).count)
            Directory.write(bytes, to: (isCopy ? directory.copy : directory.database) + suffix)
        }
        do throws(QueueError) {
            let isWhole = files[copy] == nil ? nil : try await isWhole(directory.copy)
            let store = try await SQLiteJobStore(at: .file(directory.database))
            let view = try await StoreView(of: store)
            var problems = try await store.check()
            let steps = Set(expectation.views.indices.filter { expectation.views[$0] == view })
            if steps.isEmpty {
                let nearest = expectation.views.map { view.differences(from: $0) }.min { $0.count < $1.count } ?? []
                problems.append("it shows what never was: \(nearest.joined(separator: "\n    "))")
            }
            problems += try await goOn(store)
            await store.close()
            return problems.isEmpty ? .state(steps, copy: isWhole) : .broken(problems)
        } catch {
            return .broken(["\(error)"])
        }
    }

    /// Checks that a copy equals the original and is not empty; throws otherwise.
    private func isWhole(_ path: String) async throws(QueueError) -> Bool {
        let store = try await SQLiteJobStore(at: .file(path))
        let view = try await StoreView(of: store)
        let wrong = try await store.check()
        await store.close()
        if !wrong.isEmpty { throw QueueError(.corrupt, "the copy: \(wrong)") }
        let steps = expectation.script.steps
        return steps.indices.contains { steps[$0].isBackup && view == expectation.views[$0 + 1] }
    }

    /// Works on with a store, long after the leases of its workers have run out; says what is wrong after it.
    private func goOn(_ store: SQLiteJobStore) async throws(QueueError) -> [String] {
        let now = Timestamp(milliseconds: 1_800_000_000_000)
        let worker = try await store.openWorker(lease: .seconds(60), at: HostTime(now))
        _ = try await store.recover(at: HostTime(now), maximumCrashes: 3)
        let id = try await store.submit(JobSubmission(type: "m.a", priority: .realtime), at: now).id
        let claim = ClaimRequest(worker: worker, limit: 100, rules: .script)
        let claimed = try await store.turn(finishing: [], claiming: claim, at: now).claimed
        guard let record = claimed.first(where: { $0.id == id }) else { return ["a new job can't be claimed"] }
        let completion = Completion(
            id: id, attempt: record.attempt, worker: worker, end: .success(output: nil), startedAt: now, endedAt: now)
        let outcomes = try await store.turn(finishing: [completion], claiming: nil, at: now).outcomes
        if outcomes != [.recorded(.completed)] { return ["no job can be completed: \(outcomes)"] }
        let running = try await store.ids(JobQuery(states: [.running])).ids
        let known = Set(claimed.map(\.id))
        return try await running.filter { !known.contains($0) }.map { "\($0) runs under a dead worker" } + store.check()
    }
}
