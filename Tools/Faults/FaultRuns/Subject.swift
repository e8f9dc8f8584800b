import QueueModel
@_spi(Testing) import QueueStorage
import QueueStoreKit

/// The stores that a script is played on: one or two on a file in a directory.
struct Subject {
    let directory: Directory
    let durability: SQLiteStoreOptions.Durability
    /// The directory for the files that a crash leaves; `nil` if the store is closed instead.
    private let wreck: Directory?
    private(set) var store: SQLiteJobStore?
    private var second: SQLiteJobStore?

    init(_ directory: Directory, _ durability: SQLiteStoreOptions.Durability, wreck: Directory? = nil) {
        self.directory = directory
        self.durability = durability
        self.wreck = wreck
    }

    /// The log is copied into the file as often as can be, and waits for locks are short.
    private func open() async throws(QueueError) -> SQLiteJobStore {
        try await SQLiteJobStore(
            at: .file(directory.database),
            options: SQLiteStoreOptions(durability: durability, busyTimeout: .milliseconds(200), walPageLimit: 16))
    }

    /// Opens the first store if it is not open.
    mutating func openIfNeeded() async throws(QueueError) {
        if store == nil { store = try await open() }
    }

    /// Runs a step, and returns its answer.
    mutating func take(_ step: Step, _ scene: inout Scene) async throws(QueueError) -> String {
        switch step.action {
        case .call(let isSecond, let body):
            guard let store = isSecond ? second : store else { throw QueueError(.closed, "there is no store") }
            let answer = try await body(store, &scene)
            await StoreProbe(store).waitUntilIdle()
            return answer
        case .reopen:
            await store?.close()
            store = nil
            try await openIfNeeded()
        case .crash:
            // If there is no store, it has crashed and could not be opened since.
            if let store {
                if let wreck { directory.copyFiles(to: wreck) }
                await store.close()
                self.store = nil
                wreck?.copyFiles(to: directory)
            }
            try await openIfNeeded()
        case .openSecond:
            second = try await open()
        case .closeSecond:
            await second?.close()
            second = nil
        case .flush:
            guard let store else { throw QueueError(.closed, "there is no store") }
            try await store.flush()
            await StoreProbe(store).waitUntilIdle()
        case .backup:
            guard let store else { throw QueueError(.closed, "there is no store") }
            return try await backup(store)
        }
        return ""
    }

    /// Copies the file, and gives what the copy has otherwise.
    private func backup(_ store: SQLiteJobStore) async throws(QueueError) -> String {
        directory.removeCopy()
        do throws(QueueError) {
            try await store.backup(to: directory.copy)
        } catch {
            if Directory.contents(of: directory.copy) != nil { return "half a copy was left" }
            throw error
        }
        let copy = try await SQLiteJobStore(at: .file(directory.copy), options: SQLiteStoreOptions(readOnly: true))
        do throws(QueueError) {
            let differences = try await StoreView(of: copy).differences(from: StoreView(of: store))
            await copy.close()
            return differences.joined(separator: "\n")
        } catch {
            await copy.close()
            throw error
        }
    }

    /// Closes the stores.
    mutating func close() async {
        await second?.close()
        await store?.close()
        second = nil
        store = nil
    }
}
