import QueueModel
import QueueStoreKit

/// Facts about a job that a statement can test at once.
struct JobFlags: OptionSet {
    let rawValue: Int64

    /// It has a parent.
    static let hasParent = JobFlags(rawValue: 2)
    /// It had children since it began to execute or, the last time, to finalize: it finalizes before it completes.
    static let hasChildren = JobFlags(rawValue: 4)
    /// A copy of it takes its place when it ends (rule S5).
    static let runsOnceMore = JobFlags(rawValue: 8)
    /// It was asked to stop.
    static let cancelRequested = JobFlags(rawValue: 16)
    /// A child's permanent failure does not fail it.
    static let toleratesChildFailure = JobFlags(rawValue: 64)
    /// Its payload lies in the table `payload`.
    static let hasLargePayload = JobFlags(rawValue: 128)
    /// It names others as dependencies.
    static let hasDependencies = JobFlags(rawValue: 256)
    /// It has a row in the table `job_extra`.
    static let hasExtra = JobFlags(rawValue: 2048)
    /// It was running in two crashes or more (rule L4).
    static let isSuspect = JobFlags(rawValue: 4096)
    /// An attempt at it has reported its end; completed jobs need not say so.
    static let hasReported = JobFlags(rawValue: 8192)
    private static let policyShift: Int64 = 9

    /// The flags with which the end of a job has consequences for its kin, or its success is not what it seems.
    ///
    /// Without any of them one statement finishes a job; those that depend on it are told afterwards.
    static let slow: JobFlags = [.hasParent, .hasChildren, .runsOnceMore, .cancelRequested]

    /// What a failed dependency does to it: two bits.
    var dependencyPolicy: DependencyPolicy? {
        DependencyPolicy(rawValue: UInt8(truncatingIfNeeded: rawValue >> Self.policyShift & 3))
    }

    /// The bits of a policy.
    static func policy(_ policy: DependencyPolicy) -> JobFlags {
        JobFlags(rawValue: Int64(policy.rawValue) << policyShift)
    }
}
