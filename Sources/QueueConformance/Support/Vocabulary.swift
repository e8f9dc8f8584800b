import QueueModel
import QueueStoreKit
import QueueTesting
import Synchronization

extension Scene {
    /// Returns the visible contents of the store.
    func dump(at now: Timestamp = t(1)) async throws -> StoreDump {
        try await StoreDump(of: store, at: now)
    }
}

extension AdmissionRules {
    private static let generations = Atomic<UInt64>(1)

    /// Rules that admit all types that checks use.
    static let open = AdmissionRules.of("work", "other", "third")

    /// Returns rules that admit types, each without a domain.
    static func of(
        _ types: JobType..., groups: [String: GroupRule] = [:], otherGroups: GroupRule = GroupRule(),
        leastPriority: Priority = .idle
    ) -> AdmissionRules {
        AdmissionRules(
            generation: next(), types: Dictionary(uniqueKeysWithValues: types.map { ($0, 0) }),
            domains: [DomainRule(name: "")], groups: groups, otherGroups: otherGroups, leastPriority: leastPriority)
    }

    /// Returns rules for domains, each with the types `domain.a` and `domain.b`.
    static func domains(_ domains: DomainRule...) -> AdmissionRules {
        var types: [JobType: Int] = [:]
        for (index, domain) in domains.enumerated() {
            types[JobType("a").qualified(by: domain.name)] = index
            types[JobType("b").qualified(by: domain.name)] = index
        }
        return AdmissionRules(generation: next(), types: types, domains: domains)
    }

    /// Returns changed rules under a new generation.
    func with(_ change: (inout AdmissionRules) -> Void) -> AdmissionRules {
        var rules = self
        change(&rules)
        rules.generation = Self.next()
        return rules
    }

    /// Returns a new generation: no two rules of a worker may share one.
    private static func next() -> UInt64 {
        generations.add(1, ordering: .relaxed).newValue
    }
}

extension Completion {
    /// Returns the completion of a claimed job by the worker that claimed it.
    static func of(
        _ record: JobRecord, _ end: End = .success(output: nil), at now: Timestamp = t(2), io: IOAmount = .zero,
        effects: [any CompletionEffect] = []
    ) -> Completion {
        Completion(
            id: record.id, attempt: record.attempt, worker: record.worker ?? WorkerID(rawValue: 0), end: end,
            startedAt: record.startedAt ?? now, endedAt: now, io: io, effects: effects)
    }
}

extension JobFailure {
    /// A retryable failure.
    static let passing = JobFailure(.retryable, "the other side did not answer")
    /// A permanent failure.
    static let permanent = JobFailure(.permanent, "there is no such thing")
    /// The failure of an attempt that stopped because it was asked to.
    static let stopped = JobFailure(.cancelled, "stopped")
    /// The failure of an attempt that was preempted.
    static let preempted = JobFailure(.interrupted, "preempted")
    /// The failure of an attempt that was interrupted.
    static let interrupted = JobFailure(.interrupted, "shutting down")
}

extension JobSubmission {
    /// Returns a job with a key, of the type `work`.
    static func keyed(
        _ key: String, priority: Priority = .normal, _ strategy: Uniqueness.DuplicateStrategy = .skip
    ) -> JobSubmission {
        JobSubmission(type: "work", priority: priority, key: .text(key), onDuplicate: strategy)
    }

    /// Returns a job with a key, of another type.
    static func keyed(_ key: String, _ type: JobType) -> JobSubmission {
        JobSubmission(type: type, key: .text(key))
    }

    /// Returns a job that depends on others.
    static func after(
        _ ids: JobID..., policy: Dependency.Policy = .cancel, type: JobType = "work"
    ) -> JobSubmission {
        JobSubmission(type: type, dependencies: ids.map { .job($0) }, dependencyPolicy: policy)
    }

    /// Returns a child of a job.
    static func child(of parent: JobID, type: JobType = "work") -> JobSubmission {
        JobSubmission(type: type, parent: parent)
    }
}

/// The signals of a store.
final class SignalLog: Sendable {
    private let signals = Mutex<[StoreSignal]>([])

    /// Adds a signal.
    func take(_ signal: StoreSignal) {
        signals.withLock { $0.append(signal) }
    }

    /// The signals so far.
    var all: [StoreSignal] { signals.withLock { $0 } }

    /// Whether work was signaled.
    var hasWork: Bool { work != nil }

    /// The most urgent priority of signaled work.
    var work: Priority? {
        all.compactMap { if case .work(let priority) = $0 { priority } else { nil } }.min()
    }

    /// All jobs that were signaled to stop.
    var stopped: Set<JobID> {
        all.reduce(into: []) { if case .stop(let ids) = $1 { $0.formUnion(ids) } }
    }

    /// Removes all signals.
    func clear() {
        signals.withLock { $0 = [] }
    }
}
