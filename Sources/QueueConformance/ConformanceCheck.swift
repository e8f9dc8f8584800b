public import QueueModel
public import QueueStoreKit
public import Testing

/// Makes the stores that checks run on.
public protocol StoreFactory: Sendable {
    /// What the stores can do beyond the protocol.
    var capabilities: StoreCapabilities { get }

    /// Makes an empty store that shares nothing with any other.
    func makeStore() async throws -> any JobStore

    /// Closes a store that this factory made and opens its data again. Only asked of stores that are
    /// ``StoreCapabilities/persistent``.
    func reopen(_ store: any JobStore) async throws -> any JobStore

    /// Makes a worker of a store count as dead at once, as if its machine had gone down under it. Only asked of stores with
    /// ``StoreCapabilities/hostFailure``; that a worker itself died is shown through its lease.
    func loseHost(of worker: WorkerID, in store: any JobStore) async throws

    /// Makes what notes of a store's effects need, a table say. Only asked of stores with ``StoreCapabilities/effects``, as are the next two.
    func prepareNotes(in store: any JobStore) async throws

    /// Makes an effect that adds a text to a store's notes, and then throws the error, if there is one.
    func note(_ text: String, throwing error: (any Error)?) -> any CompletionEffect

    /// A store's notes in the order in which they were added.
    func notes(in store: any JobStore) async throws -> [String]
}

extension StoreFactory {
    /// Nothing beyond the protocol.
    public var capabilities: StoreCapabilities { [] }

    /// Gives the store back as it is.
    public func reopen(_ store: any JobStore) async throws -> any JobStore { store }

    /// Does nothing.
    public func loseHost(of worker: WorkerID, in store: any JobStore) async throws {}

    /// Does nothing.
    public func prepareNotes(in store: any JobStore) async throws {}

    /// Makes an effect that no store can do.
    public func note(_ text: String, throwing error: (any Error)?) -> any CompletionEffect { UnknownEffect() }

    /// None.
    public func notes(in store: any JobStore) async throws -> [String] { [] }
}

/// An effect that no store can do.
final class UnknownEffect: CompletionEffect {}

/// What stores of a kind can do beyond the protocol.
public struct StoreCapabilities: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8

    /// Makes a set of bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// What was stored can be opened again after the store was closed.
    public static let persistent = StoreCapabilities(rawValue: 1 << 0)
    /// A check can let a worker's machine go down.
    public static let hostFailure = StoreCapabilities(rawValue: 1 << 1)
    /// Effects can be done with completions (rule E8).
    public static let effects = StoreCapabilities(rawValue: 1 << 2)
}

/// One thing that a store has to get right.
public struct ConformanceCheck: Sendable, CustomTestStringConvertible {
    /// The rule's number and what has to hold, as a sentence.
    public let name: String
    /// What a store must be capable of for the check to apply.
    public let requirements: StoreCapabilities
    private let body: @Sendable (Scene) async throws -> Void

    /// Makes a check.
    init(
        _ name: String, requires requirements: StoreCapabilities = [],
        _ body: @escaping @Sendable (Scene) async throws -> Void
    ) {
        self.name = name
        self.requirements = requirements
        self.body = body
    }

    /// The name.
    public var testDescription: String { name }

    /// Whether the check says anything of a factory's stores.
    public func applies(to factory: some StoreFactory) -> Bool {
        factory.capabilities.isSuperset(of: requirements)
    }

    /// Runs the check on a new store.
    ///
    /// What fails is recorded as an issue of the test that runs. A check that does not apply returns at once.
    public func run(_ factory: some StoreFactory) async throws {
        guard applies(to: factory) else { return }
        let store = try await factory.makeStore()
        let scene = Scene(
            store: store, worker: try await store.openWorker(lease: Scene.lease, at: HostTime(t(0))), factory: factory)
        try await body(scene)
        let wrong = try await Self.faults(of: scene.store)
        #expect(wrong.isEmpty, "the store finds fault with itself after “\(name)”: \(wrong.joined(separator: "; "))")
        await scene.store.close()
    }

    /// What a store finds wrong with itself; nothing if the check has closed it.
    private static func faults(of store: any JobStore) async throws -> [String] {
        do {
            return try await store.check()
        } catch {
            if error.code == .closed { return [] }
            throw error
        }
    }
}
