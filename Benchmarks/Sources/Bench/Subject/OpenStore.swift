import QueueModel
import QueueStorage
import QueueStoreKit

extension Place {
    /// Opens the place's store: a new one, or one that was closed before.
    func openStore() async throws -> any JobStore {
        switch store {
        case .memory: try await SQLiteJobStore(at: .memory)
        case .fileNormal: try await SQLiteJobStore(at: .file(path), options: SQLiteStoreOptions(durability: .normal))
        case .fileFull: try await SQLiteJobStore(at: .file(path), options: SQLiteStoreOptions(durability: .full))
        }
    }
}
