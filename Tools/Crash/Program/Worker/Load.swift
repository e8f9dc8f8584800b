import CrashAudit
import QueueBackoff
import QueueDispatch
import QueueModel
import QueueStoreKit
import Synchronization

/// What a worker submits: each kind of submission from a task of its own, at random, logged before and after.
final class Load: Sendable {
    /// The groups with a limit, and their limits.
    static let groups = ["one": 1, "three": 3]
    /// The duration of most jobs that take any time, in milliseconds.
    static let usual = 4...15

    private let queue: JobQueue
    private let log: any LoadLog
    private let number: Int
    private let seed: UInt64
    private let pause: Int
    private let longest: Int
    private let count = Atomic(0)
    private let known = Mutex<[(nonce: String, id: JobID)]>([])

    /// Creates a load.
    ///
    /// - Parameters:
    ///   - queue: What is called.
    ///   - log: What is told of each call.
    ///   - number: The number of the process among those of the file.
    ///   - seed: Decides what is submitted.
    ///   - pause: How long each kind of submission waits at most before the next, in microseconds.
    ///   - longest: How long one job in a hundred takes, in milliseconds, if that is more than ``usual``.
    init(
        _ queue: JobQueue, _ log: any LoadLog, number: Int, seed: UInt64, pause: Int, longest: Int = usual.upperBound
    ) {
        self.queue = queue
        self.log = log
        self.number = number
        self.seed = seed
        self.pause = pause
        self.longest = longest
    }

    /// Submits until the task is cancelled.
    func run() async {
        await withTaskGroup { group in
            for (place, kind) in Kind.allCases.enumerated() {
                group.addTask { [self] in
                    var generator = FastRandom(seed: seed &+ UInt64(place) &* 0x1000_0000)
                    while !Task.isCancelled {
                        do {
                            try await submit(kind, &generator)
                        } catch is CancellationError {
                            return
                        } catch {
                            log.write(.failed("\(error)"))
                        }
                        let pause = Int.random(in: 0...pause * kind.slowness, using: &generator)
                        try? await Task.sleep(for: .microseconds(pause))
                    }
                }
            }
        }
    }

    /// Submits a job that takes its worker down.
    func submitPoison() async throws {
        let plan = JobPlan("\(number).\(JobPlan.poisoned)", .poison)
        log.write(.submitting([plan.nonce]))
        note([plan], [try await queue.submit(WideJob(plan: plan))])
    }

    /// A way to call the queue.
    private enum Kind: CaseIterable {
        case single, batch, keyed, dependent, cancel, wait, checkpoint, schedule

        /// The factor by which it waits longer than single submissions.
        var slowness: Int {
            switch self {
            case .single, .keyed, .dependent: 1
            case .batch, .wait: 4
            case .cancel: 10
            case .checkpoint, .schedule: 30
            }
        }
    }

    private func submit(_ kind: Kind, _ generator: inout FastRandom) async throws {
        switch kind {
        case .single:
            try await submit(plan(&generator), &generator)
        case .batch:
            try await submitBatch(&generator)
        case .keyed:
            var plan = plan(&generator)
            if [.spawn, .fail, .dead].contains(plan.course) { plan.course = .succeed }
            let strategy = Uniqueness.DuplicateStrategy.allCases.randomElement(using: &generator) ?? .skip
            // What is superseded while it runs may go on for a moment: such jobs share neither keys nor groups with
            // others.
            plan.key = "\(strategy == .supersede ? "s" : "k")\(Int.random(in: 0..<6, using: &generator))"
            if strategy == .supersede { plan.group = nil }
            try await submit(plan, &generator, onDuplicate: strategy)
        case .dependent:
            var plan = plan(&generator)
            let others = recent(2, &generator)
            plan.dependencies = others.map(\.nonce)
            plan.policy = Bool.random(using: &generator) ? .cancel : .ignore
            try await submit(plan, &generator, dependencies: others.map { .job($0.id) })
        case .cancel:
            guard let other = recent(1, &generator).first else { return }
            log.write(.cancelling(other.id))
            if case .cancelled = try await queue.cancel(other.id) { log.write(.cancelled(other.id)) }
        case .wait:
            guard let other = recent(1, &generator).first else { return }
            do {
                try await queue.result(of: other.id)
                log.write(.awaited(other.id))
            } catch is JobEndError {
                // It has ended otherwise, and an event reports that.
            }
        case .checkpoint:
            try await queue.store.flush()
        case .schedule:
            // Due at once, and each second. What is registered again as it was goes on.
            let plan = JobPlan(JobPlan.nonce(ofSchedule: self.number), milliseconds: 1)
            try await queue.schedules.register(WideJob(plan: plan), .every(.seconds(1)), id: ScheduleID(plan.nonce))
        }
    }

    private func submit(
        _ plan: JobPlan, _ generator: inout FastRandom, onDuplicate: Uniqueness.DuplicateStrategy = .skip,
        dependencies: [Dependency] = []
    ) async throws {
        let options = submitOptions(plan, &generator, onDuplicate, dependencies)
        log.write(.submitting([plan.nonce]))
        let start = System.now()
        let outcome =
            if Int.random(in: 0..<4, using: &generator) == 0 {
                try await queue.submit(NarrowJob(plan: plan), options)
            } else {
                try await queue.submit(WideJob(plan: plan), options)
            }
        log.submitted(in: System.now() - start)
        note([plan], [outcome])
    }

    private func submitBatch(_ generator: inout FastRandom) async throws {
        var plans: [JobPlan] = []
        var batch: [JobSubmission] = []
        for place in 0..<Int.random(in: 2...24, using: &generator) {
            var plan = plan(&generator)
            var dependencies: [Dependency] = []
            if place > 0, Int.random(in: 0..<4, using: &generator) == 0 {
                let other = Int.random(in: 0..<place, using: &generator)
                plan.dependencies = [plans[other].nonce]
                dependencies = [.submission(other)]
            }
            let options = submitOptions(plan, &generator, .skip, dependencies)
            batch.append(
                place % 4 == 3
                    ? try queue.submission(of: NarrowJob(plan: plan), options)
                    : try queue.submission(of: WideJob(plan: plan), options))
            plans.append(plan)
        }
        log.write(.submitting(plans.map(\.nonce)))
        note(plans, try await queue.submit(batch: batch))
    }

    private func note(_ plans: [JobPlan], _ outcomes: [SubmitOutcome]) {
        log.write(
            .acknowledged(
                zip(plans, outcomes).map { .init(nonce: $0.nonce, id: $1.id, isNew: $1.isNew) }))
        known.withLock { known in
            for (plan, outcome) in zip(plans, outcomes) where outcome.isNew && plan.key == nil && plan.course != .poison
            {
                known.append((plan.nonce, outcome.id))
            }
            if known.count > 64 { known.removeFirst(known.count - 64) }
        }
    }

    // MARK: At random

    private func plan(_ generator: inout FastRandom) -> JobPlan {
        let place = count.wrappingAdd(1, ordering: .relaxed).newValue
        let course: JobPlan.Course =
            switch Int.random(in: 0..<40, using: &generator) {
            case 0: .spawn
            case 1: .snooze
            case 2: .fail
            case 3: .dead
            case 4...6: .retry
            default: .succeed
            }
        var plan = JobPlan("\(number).\(place)", course)
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: plan.milliseconds = Int.random(in: Self.usual, using: &generator)
        case 1...4: plan.milliseconds = 1
        default: break
        }
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: plan.group = "one"
        case 1: plan.group = "three"
        default: break
        }
        if longest > Self.usual.upperBound, Int.random(in: 0..<100, using: &generator) == 0 {
            plan.milliseconds = Int.random(in: Self.usual.upperBound...longest, using: &generator)
            // It would hold up all others of its group.
            if plan.group == "one" { plan.group = nil }
        }
        if Int.random(in: 0..<10, using: &generator) == 0 { plan.delay = Int.random(in: 1...30, using: &generator) }
        return plan
    }

    private func submitOptions(
        _ plan: JobPlan, _ generator: inout FastRandom, _ onDuplicate: Uniqueness.DuplicateStrategy,
        _ dependencies: [Dependency]
    ) -> SubmitOptions {
        let priority: Priority =
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: .high
            case 1: .background
            default: .normal
            }
        return SubmitOptions(
            priority: priority, group: plan.group, onDuplicate: onDuplicate,
            tags: Int.random(in: 0..<4, using: &generator) == 0
                ? [Tag("load", "\(number)"), Tag("last", plan.nonce)] : [],
            runAfter: plan.delay > 0 ? .delay(.milliseconds(plan.delay)) : nil, dependencies: dependencies,
            dependencyPolicy: plan.policy)
    }

    /// Jobs of this worker that were acknowledged not long ago.
    private func recent(_ count: Int, _ generator: inout FastRandom) -> [(nonce: String, id: JobID)] {
        var chosen: [(nonce: String, id: JobID)] = []
        let all = known.withLock { $0 }
        for _ in 0..<count {
            if let one = all.randomElement(using: &generator), !chosen.contains(where: { $0.id == one.id }) {
                chosen.append(one)
            }
        }
        return chosen
    }
}
