import QueueModel
import QueueTesting

extension Place {
    /// Opens the place's store: a new one, or one that was closed before.
    func openStore() async throws -> any JobStore {
        MemoryJobStore()
    }
}
