import QueueModel
import QueueStorage
import QueueStoreKit

let now = Timestamp(milliseconds: 1_700_000_000_000)

extension AdmissionRules {
    /// Lets the type `work` through.
    static let work = AdmissionRules(generation: 1, types: ["work": 0], domains: [DomainRule(name: "")])
}

extension SQLiteJobStore {
    /// Claims for a worker under the rules of ``AdmissionRules/work``.
    func claim(_ limit: Int = 10, for worker: WorkerID, at instant: Timestamp = now) async throws -> [JobRecord] {
        let request = ClaimRequest(worker: worker, limit: limit, rules: .work)
        return try await turn(finishing: [], claiming: request, at: instant).claimed
    }
}
