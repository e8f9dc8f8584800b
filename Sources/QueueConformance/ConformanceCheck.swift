public import QueueModel
public import QueueStoreKit
public import Testing

/// A factory of the stores that checks run on.
public protocol StoreFactory: Sendable {
    /// The capabilities of the stores beyond the protocol.
    var capabilities: StoreCapabilities { get }

    /// Creates an empty store that shares nothing with others.
    func makeStore() async throws -> any JobStore

    /// Closes a store that this factory created and opens its data again.
    ///
    /// Called only for ``StoreCapabilities/persistent`` stores.
    func reopen(_ store: any JobStore) async throws -> any JobStore

    /// Declares a worker of a store dead immediately, as if its host had gone down.
    ///
    /// Called only for stores with ``StoreCapabilities/hostFailure``. Checks let a worker alone die by its lease.
    func loseHost(of worker: WorkerID, in store: any JobStore) async throws

    /// Prepares a store for the notes that effects write, for example with a table.
    ///
    /// Called only for stores with ``StoreCapabilities/effects``.
    func prepareNotes(in store: any JobStore) async throws

    /// Creates an effect that adds a string to a store's notes, and then throws the error, if there is one.
    ///
    /// Called only for stores with ``StoreCapabilities/effects``.
    func note(_ text: String, throwing error: (any Error)?) -> any CompletionEffect

    /// Returns a store's notes in the order in which they were added.
    ///
    /// Called only for stores with ``StoreCapabilities/effects``.
    func notes(in store: any JobStore) async throws -> [String]
}

extension StoreFactory {
    /// No capabilities.
    public var capabilities: StoreCapabilities { [] }

    /// Returns the store unchanged.
    public func reopen(_ store: any JobStore) async throws -> any JobStore { store }

    /// Does nothing.
    public func loseHost(of worker: WorkerID, in store: any JobStore) async throws {}

    /// Does nothing.
    public func prepareNotes(in store: any JobStore) async throws {}

    /// Creates an effect that no store can perform.
    public func note(_ text: String, throwing error: (any Error)?) -> any CompletionEffect { UnknownEffect() }

    /// Returns no notes.
    public func notes(in store: any JobStore) async throws -> [String] { [] }
}

/// An effect that no store can perform.
final class UnknownEffect: CompletionEffect {}

/// Capabilities of stores beyond the protocol.
public struct StoreCapabilities: OptionSet, Hashable, Sendable {
    /// The bits of the set.
    public let rawValue: UInt8

    /// Creates a set from its bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The data can be opened again after the store was closed.
    public static let persistent = StoreCapabilities(rawValue: 1 << 0)
    /// A check can let a worker's host go down.
    public static let hostFailure = StoreCapabilities(rawValue: 1 << 1)
    /// Effects can be performed with completions.
    public static let effects = StoreCapabilities(rawValue: 1 << 2)
}

/// A check of one rule on a store.
public struct ConformanceCheck: Sendable, CustomTestStringConvertible {
    /// A sentence that begins with the number of the rule and states the required behavior.
    public let name: String
    /// The capabilities without which the check does not apply.
    public let requirements: StoreCapabilities
    private let body: @Sendable (Scene) async throws -> Void

    /// Creates a check.
    init(
        _ name: String, requires requirements: StoreCapabilities = [],
        _ body: @escaping @Sendable (Scene) async throws -> Void
    ) {
        self.name = name
        self.requirements = requirements
        self.body = body
    }

    /// The name of the check.
    public var testDescription: String { name }

    /// Whether the check applies to the stores of a factory.
    public func applies(to factory: some StoreFactory) -> Bool {
        factory.capabilities.isSuperset(of: requirements)
    }

    /// Runs the check on a new store.
    ///
    /// Failures are recorded as issues of the current test. A check that does not apply returns immediately.
    public func run(_ factory: some StoreFactory) async throws {
        guard applies(to: factory) else { return }
        let store = try await factory.makeStore()
        let scene = Scene(
            store: store, worker: try await store.openWorker(lease: Scene.lease, at: HostTime(t(0))), factory: factory)
        try await body(scene)
        let wrong = try await Self.faults(of: scene.store)
        #expect(wrong.isEmpty, "the store reports faults after “\(name)”: \(wrong.joined(separator: "; "))")
        await scene.store.close()
    }

    /// Returns the faults that a store reports; none if the check has closed it.
    private static func faults(of store: any JobStore) async throws -> [String] {
        do {
            return try await store.check()
        } catch {
            if error.code == .closed { return [] }
            throw error
        }
    }
}
