public import QueueModel
import QueueStoreKit

/// A failure that a ``FaultyStore`` injects.
public struct Fault: Sendable {
    /// The calls that are counted.
    public var target: Target
    /// The calls that fail, counted from 1 when the fault is added.
    public var calls: ClosedRange<Int>
    /// The moment of the failure within the call.
    public var moment: Moment
    /// The error that is thrown.
    public var error: QueueError

    /// Creates a fault at a range of calls.
    public init(_ target: Target, calls: ClosedRange<Int>, _ moment: Moment = .before, throwing error: QueueError) {
        self.target = target
        self.calls = calls
        self.moment = moment
        self.error = error
    }

    /// Creates a fault at one call.
    public init(_ target: Target, call: Int = 1, _ moment: Moment = .before, throwing error: QueueError) {
        self.init(target, calls: call...call, moment, throwing: error)
    }

    /// The moment of a failure within a call.
    public enum Moment: Hashable, Sendable {
        /// Instead of the call: nothing is changed.
        case before
        /// After the call took effect: the answer is lost, as with a connection that breaks after the commit.
        case after
    }

    /// The calls that a fault counts.
    public enum Target: Hashable, Sendable {
        /// The calls of one operation.
        case operation(Operation)
        /// The calls of a role.
        case role(Role)
        /// All calls.
        case any

        /// Whether calls of an operation are counted.
        func counts(_ operation: Operation) -> Bool {
            switch self {
            case .operation(let one): one == operation
            case .role(let role): operation.role == role
            case .any: true
            }
        }
    }

    /// A role of a store.
    public enum Role: Hashable, Sendable, CaseIterable {
        /// ``SubmittingStore``.
        case submitting
        /// ``DispatchingStore``.
        case dispatching
        /// ``ControllingStore``.
        case controlling
        /// ``QueryingStore``.
        case querying
        /// ``MaintainingStore``.
        case maintaining
        /// ``SchedulingStore``.
        case scheduling
    }

    /// An operation of a store that can throw, named after its requirement.
    public enum Operation: String, Hashable, Sendable, CaseIterable {
        /// `submit(_:at:)`.
        case submit
        /// `submit(contentsOf:at:)`.
        case submitBatch
        /// `openWorker(lease:at:)`.
        case openWorker
        /// `renewLease(of:at:)`.
        case renewLease
        /// `closeWorker(_:at:)`.
        case closeWorker
        /// `recover(at:maximumCrashes:)`.
        case recover
        /// `turn(finishing:claiming:at:)`.
        case turn
        /// `saveCheckpoint(_:of:attempt:)`.
        case saveCheckpoint
        /// `cancel(_:at:)`.
        case cancel
        /// `resubmit(_:at:)`.
        case resubmit
        /// `apply(_:to:from:limit:at:)`.
        case apply
        /// `pause(_:at:)`.
        case pause
        /// `resume(_:reason:at:)`.
        case resume
        /// `deleteEnded(_:)`.
        case deleteEnded
        /// `resetStatistics(of:)`.
        case resetStatistics
        /// `job(_:)`.
        case job
        /// `jobs(_:)`.
        case jobs
        /// `ids(_:)`.
        case ids
        /// `count(_:)`.
        case count
        /// `counts()`.
        case counts
        /// `peek(_:worker:at:)`.
        case peek
        /// `explain(_:_:worker:at:)`.
        case explain
        /// `attempts(of:)`.
        case attempts
        /// `related(to:by:)`.
        case related
        /// `activeTypes(besides:)`.
        case activeTypes
        /// `tags(_:limit:)`.
        case tags
        /// `statistics(of:at:)`.
        case statistics
        /// `snapshot(of:at:)`.
        case snapshot
        /// `pauses(at:)`.
        case pauses
        /// `prune(_:limit:at:)`.
        case prune
        /// `expire(limit:at:)`.
        case expire
        /// `flush()`.
        case flush
        /// `check()`.
        case check
        /// `register(_:_:first:at:)`.
        case register
        /// `schedules(named:)`.
        case schedules
        /// `setPaused(_:schedule:at:)`.
        case setPaused
        /// `remove(schedule:cancellingJob:at:)`.
        case removeSchedule
        /// `agenda(of:at:)`.
        case agenda
        /// `fire(_:at:)`.
        case fire

        /// The role that the operation belongs to.
        public var role: Role {
            switch self {
            case .submit, .submitBatch: .submitting
            case .openWorker, .renewLease, .closeWorker, .recover, .turn, .saveCheckpoint: .dispatching
            case .cancel, .resubmit, .apply, .pause, .resume, .deleteEnded, .resetStatistics: .controlling
            case .job, .jobs, .ids, .count, .counts, .peek, .explain, .attempts, .related, .activeTypes, .tags,
                .statistics, .snapshot, .pauses:
                .querying
            case .prune, .expire, .flush, .check: .maintaining
            case .register, .schedules, .setPaused, .removeSchedule, .agenda, .fire: .scheduling
            }
        }
    }
}
