public import QueueModel

/// What a worker asks for when it claims.
public struct ClaimRequest: Sendable, Codable {
    /// Who claims, with a lease that holds.
    public var worker: WorkerID
    /// At most so many jobs, at least 0.
    public var limit: Int
    /// What the gates let through.
    public var rules: AdmissionRules
    /// The least urgent priority for which running jobs are set aside; `nil`: none (rule D7).
    ///
    /// With it the store tells in ``TurnResult/preemptors`` how many such jobs only lack a slot, and keeps jobs that were set
    /// aside where they are while one of them is ready or runs.
    public var preemptsAt: Priority?

    /// Makes a request.
    public init(worker: WorkerID, limit: Int, rules: AdmissionRules, preemptsAt: Priority? = nil) {
        self.worker = worker
        self.limit = limit
        self.rules = rules
        self.preemptsAt = preemptsAt
    }
}
