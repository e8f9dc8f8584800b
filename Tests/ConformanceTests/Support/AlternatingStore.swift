import QueueModel
import QueueStorage
import QueueTesting
import Synchronization

/// Two stores on one file that take the calls in turn, so that each finds before every call that the other has changed the file.
final class AlternatingStore: ForwardingStore {
    private let stores: [any JobStore]
    private let calls = Atomic<Int>(0)

    init(path: String) async throws {
        var stores: [any JobStore] = []
        for _ in 0..<2 { stores.append(try await SQLiteJobStore(at: .file(path))) }
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
