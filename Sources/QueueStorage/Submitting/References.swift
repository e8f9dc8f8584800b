import QueueModel
import QueueStoreKit

/// The stored jobs that a submission refers to, as far as they decide the new job's state.
struct References {
    /// The jobs that it depends on, each once, in order.
    var dependencies: [Int64] = []
    /// The number of them that have not ended.
    var open: Int64 = 0
    /// The first of them that has ended in a way that keeps the job from running.
    var broken: (id: Int64, state: StoredState)?

    /// The longest list that is stored in the job's own row.
    ///
    /// Longer lists would be written again with each change to the row.
    private static let inlineLimit = 32

    /// The stored form of ``dependencies``, or `nil` if it is not stored in the job's own row.
    var inlineList: [UInt8]? {
        dependencies.isEmpty || dependencies.count > Self.inlineLimit ? nil : StoredText.bytes(of: dependencies)
    }

    /// Whether the job need not wait for dependencies.
    var areMet: Bool { open == 0 && broken == nil }
}
