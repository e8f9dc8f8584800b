import QueueModel
import QueueStoreKit

/// What a submission refers to, as the store has it: enough to insert the job in the state that it is in.
struct References {
    /// The jobs that it depends on, each once, in order.
    var dependencies: [Int64] = []
    /// How many of them have not ended.
    var open: Int64 = 0
    /// The first of them that has ended so that the job can't run.
    var broken: (id: Int64, state: StoredState)?

    /// Lists up to this length lie in the job's own row.
    ///
    /// Longer ones would be written anew with each change of it.
    private static let inlineLimit = 32

    /// The stored form of ``dependencies``, where it lies in the job's own row.
    var inlineList: [UInt8]? {
        dependencies.isEmpty || dependencies.count > Self.inlineLimit ? nil : StoredText.bytes(of: dependencies)
    }

    /// Whether nothing holds the job back: it has no dependencies, or has no more to wait for.
    var areMet: Bool { open == 0 && broken == nil }
}
