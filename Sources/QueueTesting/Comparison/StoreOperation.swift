import QueueModel
import QueueStoreKit

/// A step of a random history: a call of a store that does not depend on earlier answers.
///
/// Jobs, workers and running attempts are given by numbers, which are mapped to existing ones when the step is
/// performed. A history therefore remains valid when steps are left out, and a failing one can be reduced.
enum StoreOperation: Sendable, CustomStringConvertible {
    case submit(Draft)
    case submitBatch([Draft])
    case openWorker(lease: Int)
    case renewLease(worker: Int)
    case closeWorker(worker: Int)
    case recover(maximumCrashes: Int)
    case turn(finishing: [Ending], claiming: Int?, worker: Int, rules: Int, preempts: Bool)
    case saveCheckpoint(attempt: Int, bytes: [UInt8]?)
    case cancel(job: Int)
    case resubmit(job: Int)
    case pause(Pause.Target, reason: String, seconds: Int?)
    case resume(Pause.Target, reason: String?)
    case deleteEnded(job: Int)
    /// Cancels and deletes a number of the last jobs, the newest first, whose ids must not be reused.
    case dropLast(count: Int)
    case bulk(BulkAction, Draft, states: [JobState], limit: Int)
    case expire(limit: Int)
    case peek(rules: Int)
    case explain(job: Int, rules: Int)
    case prune(maximumCount: Int, keepsDeadLetters: Bool, limit: Int)
    case register(schedule: Int, Draft, every: Int, occurrences: Int?)
    case setPause(schedule: Int, isPaused: Bool)
    case removeSchedule(schedule: Int, cancellingJob: Bool)
    case fire(every: Int)
    case pass(seconds: Int)

    /// The properties of a submission.
    struct Draft: Sendable {
        var type: JobType
        var priority: Priority
        var group: String?
        var key: String?
        var onDuplicate: Uniqueness.DuplicateStrategy
        var dependencies: [Int]
        var inBatch: [Int]
        var policy: Dependency.Policy
        var parent: Int?
        var failFast: Bool
        var delay: Int?
        var timeToLive: Int?
        var tag: String?
        /// The bytes that it is expected to read.
        var bytes: Int64?
    }

    /// The end of a running attempt.
    struct Ending: Sendable {
        var attempt: Int
        var kind: Int
        var isStale: Bool
        /// The seconds between its end and the turn.
        var age: Int
    }

    var description: String {
        switch self {
        case .submit(let draft): "submit(\(draft))"
        case .submitBatch(let drafts): "submitBatch(\(drafts))"
        case .openWorker(let lease): "openWorker(lease: \(lease))"
        case .renewLease(let worker): "renewLease(worker: \(worker))"
        case .closeWorker(let worker): "closeWorker(worker: \(worker))"
        case .recover(let maximumCrashes): "recover(maximumCrashes: \(maximumCrashes))"
        case .turn(let finishing, let claiming, let worker, let rules, let preempts):
            "turn(\(finishing), claiming: \(String(describing: claiming)), worker: \(worker), rules: \(rules), "
                + "preempts: \(preempts))"
        case .saveCheckpoint(let attempt, let bytes): "saveCheckpoint(\(attempt), \(String(describing: bytes)))"
        case .cancel(let job): "cancel(\(job))"
        case .resubmit(let job): "resubmit(\(job))"
        case .pause(let target, let reason, let seconds):
            "pause(\(target), \(reason), \(String(describing: seconds)))"
        case .resume(let target, let reason): "resume(\(target), \(String(describing: reason)))"
        case .deleteEnded(let job): "deleteEnded(\(job))"
        case .dropLast(let count): "dropLast(\(count))"
        case .bulk(let action, let draft, let states, let limit):
            "bulk(\(action), \(draft), states: \(states), limit: \(limit))"
        case .expire(let limit): "expire(limit: \(limit))"
        case .peek(let rules): "peek(\(rules))"
        case .explain(let job, let rules): "explain(\(job), \(rules))"
        case .prune(let maximumCount, let keeps, let limit): "prune(\(maximumCount), \(keeps), limit: \(limit))"
        case .register(let schedule, let draft, let seconds, let occurrences):
            "register(\(schedule), \(draft), every: \(seconds) s, occurrences: \(String(describing: occurrences)))"
        case .setPause(let schedule, let isPaused): "setPause(\(schedule), \(isPaused))"
        case .removeSchedule(let schedule, let cancelling): "removeSchedule(\(schedule), cancellingJob: \(cancelling))"
        case .fire(let seconds): "fire(every: \(seconds) s)"
        case .pass(let seconds): "pass(\(seconds) s)"
        }
    }
}

extension StoreOperation {
    /// Returns a random step; common steps are more likely.
    static func random(using generator: inout some RandomNumberGenerator) -> StoreOperation {
        func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &generator) }
        switch roll(240) {
        case ..<46: return .submit(.random(using: &generator, batch: 0))
        case ..<60:
            let count = 1 + roll(5)
            return .submitBatch((0..<count).map { _ in .random(using: &generator, batch: count) })
        case ..<134:
            let endings = (0..<roll(4)).map { _ in
                Ending(attempt: roll(50), kind: roll(10), isStale: roll(12) == 0, age: roll(4))
            }
            return .turn(
                finishing: endings, claiming: roll(5) == 0 ? nil : roll(5), worker: roll(10), rules: roll(12),
                preempts: roll(3) == 0)
        case ..<148: return .pass(seconds: [1, 1, 2, 5, 20][roll(5)])
        case ..<155: return .cancel(job: roll(400))
        case ..<160: return .resubmit(job: roll(400))
        case ..<163:
            return .pause(target(roll(9)), reason: ["a", "b"][roll(2)], seconds: roll(2) == 0 ? nil : 1 + roll(9))
        case ..<170: return .resume(target(roll(9)), reason: [nil, nil, "a", "b"][roll(4)])
        case ..<171: return .deleteEnded(job: roll(400))
        case ..<172: return .dropLast(count: 1 + roll(4))
        case ..<174: return .saveCheckpoint(attempt: roll(50), bytes: [nil, [], [1, 2]][roll(3)])
        case ..<181: return .openWorker(lease: 10 + roll(40))
        case ..<187: return .renewLease(worker: roll(10))
        case ..<192: return .recover(maximumCrashes: 1 + roll(3))
        case ..<196: return .peek(rules: roll(12))
        case ..<198: return .closeWorker(worker: roll(10))
        case ..<206: return .fire(every: 1 + roll(9))
        case ..<213:
            return .register(
                schedule: roll(4), .random(using: &generator, batch: 0), every: 1 + roll(3),
                occurrences: roll(2) == 0 ? nil : 1 + roll(3))
        case ..<217: return .setPause(schedule: roll(4), isPaused: roll(2) == 0)
        case ..<220: return .removeSchedule(schedule: roll(4), cancellingJob: roll(2) == 0)
        case ..<228: return .explain(job: roll(400), rules: roll(12))
        case ..<237:
            return .bulk(
                action(roll(9)), .random(using: &generator, batch: 0),
                states: [[], [.pending], [.deadLettered]][roll(3)],
                limit: 1 + roll(20))
        case ..<238: return .expire(limit: 1 + roll(4))
        default: return .prune(maximumCount: roll(20), keepsDeadLetters: roll(2) == 0, limit: 1 + roll(10))
        }
    }

    private static func action(_ roll: Int) -> BulkAction {
        switch roll {
        case 0, 1: .cancel
        case 2: .deleteEnded
        case 3, 4: .resubmit
        case 5, 6: .setPriority(.high)
        case 7: .move(toGroup: "h")
        default: .move(toGroup: nil)
        }
    }

    private static func target(_ roll: Int) -> Pause.Target {
        switch roll {
        case 0: .queue
        case 1, 2: .domain("m")
        case 3, 4: .domain("n")
        case 5, 6: .group("g")
        default: .group("h")
        }
    }
}

extension StoreOperation.Draft {
    static func random(using generator: inout some RandomNumberGenerator, batch: Int) -> Self {
        func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &generator) }
        func strategy() -> Uniqueness.DuplicateStrategy {
            Uniqueness.DuplicateStrategy(rawValue: UInt8(roll(4))) ?? .skip
        }
        return StoreOperation.Draft(
            type: ["m.a", "m.b", "n.a"][roll(3)], priority: [64, 128, 128, 192][roll(4)],
            group: [nil, nil, "g", "h"][roll(4)], key: roll(3) == 0 ? "key \(roll(4))" : nil, onDuplicate: strategy(),
            dependencies: roll(3) == 0 ? (0...roll(2)).map { _ in roll(400) } : [],
            inBatch: batch > 0 && roll(5) == 0 ? [roll(batch)] : [],
            policy: Dependency.Policy(rawValue: UInt8(roll(3))) ?? .cancel, parent: roll(4) == 0 ? roll(400) : nil,
            failFast: roll(2) == 0, delay: roll(6) == 0 ? roll(10) - 2 : nil,
            timeToLive: roll(8) == 0 ? 1 + roll(15) : nil, tag: roll(4) == 0 ? "tag \(roll(3))" : nil,
            bytes: [nil, nil, 20, 60, 200][roll(5)])
    }
}
