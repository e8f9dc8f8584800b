/// What a worker asks for when it claims.
public struct ClaimRequest: Sendable {
    /// Who claims, with a lease that holds.
    public var worker: WorkerID
    /// At most so many jobs, at least 0.
    public var limit: Int
    /// What the gates let through.
    public var rules: AdmissionRules

    /// Makes a request.
    public init(worker: WorkerID, limit: Int, rules: AdmissionRules) {
        self.worker = worker
        self.limit = limit
        self.rules = rules
    }
}
