import QueueModel
import QueueStoreKit

/// Facts about a job that a statement can test without reading other tables.
struct JobFlags: OptionSet {
    let rawValue: Int64

    /// It has a parent.
    static let hasParent = JobFlags(rawValue: 2)
    /// It has had children since it last began to execute or to finalize, so it finalizes before it completes.
    static let hasChildren = JobFlags(rawValue: 4)
    /// A copy of it is submitted when it ends.
    static let runsOnceMore = JobFlags(rawValue: 8)
    /// Its cancellation was requested.
    static let cancelRequested = JobFlags(rawValue: 16)
    /// It does not fail when a child fails permanently.
    static let toleratesChildFailure = JobFlags(rawValue: 64)
    /// Its payload is in the table `payload`.
    static let hasLargePayload = JobFlags(rawValue: 128)
    /// It depends on other jobs.
    static let hasDependencies = JobFlags(rawValue: 256)
    /// It has a row in the table `job_extra`.
    static let hasExtra = JobFlags(rawValue: 2048)
    /// It was running in at least two crashes.
    static let isSuspect = JobFlags(rawValue: 4096)
    /// An attempt at it has reported its end; completed jobs need not have the flag.
    static let hasReported = JobFlags(rawValue: 8192)
    private static let policyShift: Int64 = 9

    /// The flags of jobs whose end has consequences for their parent, children or copy, or whose success may not count.
    ///
    /// Without any of them, one statement finishes a job; its dependents are handled afterwards.
    static let slow: JobFlags = [.hasParent, .hasChildren, .runsOnceMore, .cancelRequested]

    /// The effect of a failed dependency on it: two bits.
    var dependencyPolicy: Dependency.Policy? {
        Dependency.Policy(rawValue: UInt8(truncatingIfNeeded: rawValue >> Self.policyShift & 3))
    }

    /// Returns the bits of a policy.
    static func policy(_ policy: Dependency.Policy) -> JobFlags {
        JobFlags(rawValue: Int64(policy.rawValue) << policyShift)
    }
}
