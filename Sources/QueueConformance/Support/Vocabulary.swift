import QueueModel
import QueueStoreKit
import QueueTesting
import Synchronization

extension Scene {
    /// All that can be seen of the store.
    func dump(at now: Timestamp = t(1)) async throws -> StoreDump {
        try await StoreDump(of: store, at: now)
    }
}

extension AdmissionRules {
    private static let generations = Atomic<UInt64>(1)

    /// Rules that let everything through of the types that checks use.
    static let open = AdmissionRules.of("work", "other", "third")

    /// Rules that let through what is of the types, each without a domain.
    static func of(
        _ types: JobType..., groups: [String: GroupRule] = [:], otherGroups: GroupRule = GroupRule(),
        leastPriority: Priority = .idle
    ) -> AdmissionRules {
        AdmissionRules(
            generation: next(), types: Dictionary(uniqueKeysWithValues: types.map { ($0, 0) }),
            domains: [DomainRule(name: "")], groups: groups, otherGroups: otherGroups, leastPriority: leastPriority)
    }

    /// Rules for domains, each with one type `domain.a` and one `domain.b`.
    static func domains(_ domains: DomainRule...) -> AdmissionRules {
        var types: [JobType: Int] = [:]
        for (index, domain) in domains.enumerated() {
            types[JobType("a").qualified(by: domain.name)] = index
            types[JobType("b").qualified(by: domain.name)] = index
        }
        return AdmissionRules(generation: next(), types: types, domains: domains)
    }

    /// These rules, changed, under a generation of their own.
    func with(_ change: (inout AdmissionRules) -> Void) -> AdmissionRules {
        var rules = self
        change(&rules)
        rules.generation = Self.next()
        return rules
    }

    /// No two rules of a worker may have one generation.
    private static func next() -> UInt64 {
        generations.add(1, ordering: .relaxed).newValue
    }
}

extension Completion {
    /// The end of a claimed job's attempt, by the worker that claimed it.
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
    /// A failure that may pass.
    static let passing = JobFailure(.retryable, "the other side did not answer")
    /// A failure that does not.
    static let permanent = JobFailure(.permanent, "there is no such thing")
    /// What an executor says that stopped because it was asked to.
    static let stopped = JobFailure(.cancelled, "stopped")
    /// What an executor says that made way for a more urgent job.
    static let madeWay = JobFailure(.interrupted, "made way")
    /// What an executor says that was interrupted.
    static let interrupted = JobFailure(.interrupted, "shutting down")
}

extension JobSubmission {
    /// A job with a key, of the type `work`.
    static func keyed(
        _ key: String, priority: Priority = .normal, _ strategy: DuplicateStrategy = .skip
    ) -> JobSubmission {
        JobSubmission(type: "work", priority: priority, key: .text(key), onDuplicate: strategy)
    }

    /// A job with a key, of another type.
    static func keyed(_ key: String, _ type: JobType) -> JobSubmission {
        JobSubmission(type: type, key: .text(key))
    }

    /// A job that depends on others.
    static func after(
        _ ids: JobID..., policy: DependencyPolicy = .cancel, type: JobType = "work"
    ) -> JobSubmission {
        JobSubmission(type: type, dependencies: ids.map { .job($0) }, dependencyPolicy: policy)
    }

    /// A child of a job.
    static func child(of parent: JobID, type: JobType = "work") -> JobSubmission {
        JobSubmission(type: type, parent: parent)
    }
}

/// Collects the signals of a store.
final class SignalLog: Sendable {
    private let signals = Mutex<[StoreSignal]>([])

    /// Takes a signal.
    func take(_ signal: StoreSignal) {
        signals.withLock { $0.append(signal) }
    }

    /// What came so far.
    var all: [StoreSignal] { signals.withLock { $0 } }

    /// Whether there was word of work.
    var hasWork: Bool { work != nil }

    /// The most urgent priority that there was word of.
    var work: Priority? {
        all.compactMap { if case .work(let priority) = $0 { priority } else { nil } }.min()
    }

    /// All jobs that were to stop.
    var stopped: Set<JobID> {
        all.reduce(into: []) { if case .stop(let ids) = $1 { $0.formUnion(ids) } }
    }

    /// Forgets what came.
    func clear() {
        signals.withLock { $0 = [] }
    }
}
