import QueueModel
import QueueStoreKit
import QueueTesting
import Synchronization

/// Two stores on one file that take the calls in turn, so that each finds before every call that the other has
/// changed the file.
final class AlternatingStore: ForwardingStore {
    /// Takes the file away with this.
    private let files: SQLiteFileStoreFactory
    private let stores: [any JobStore]
    private let calls = Atomic<Int>(0)

    init(in files: SQLiteFileStoreFactory) async throws {
        self.files = files
        var stores: [any JobStore] = []
        for _ in 0..<2 { stores.append(try await files.makeStore()) }
        self.stores = stores
    }

    /// The store whose turn it is.
    var base: any JobStore {
        stores[calls.wrappingAdd(1, ordering: .relaxed).oldValue % stores.count]
    }

    func close() async {
        for store in stores { await store.close() }
    }
}
