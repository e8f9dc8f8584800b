package import FaultVFS

/// A way for calls on files to go wrong.
package struct FaultKind: Sendable {
    /// Its name on the command line.
    package let name: String
    private let operations: Set<FileOperation>
    private let effect: FaultPlan.Effect
    private let times: Int

    private init(_ name: String, _ operations: Set<FileOperation>, _ effect: FaultPlan.Effect, times: Int = 1) {
        self.name = name
        self.operations = operations
        self.effect = effect
        self.times = times
    }

    /// The plan that lets the call with a number go wrong so.
    package func plan(call: Int) -> FaultPlan {
        FaultPlan(call: call, of: operations, does: effect, times: times)
    }

    /// Calls that write.
    private static let changing: Set<FileOperation> = [.write, .truncate, .sync, .delete]

    /// All kinds.
    package static let all = [
        // Every call of SQLite's on the file system, once, and from then on.
        FaultKind("error", [], .error),
        FaultKind("broken", [], .error, times: .max),
        // It is reported that nothing was written, and yet it was.
        FaultKind("error-after", changing, .errorAfter),
        FaultKind("torn", [.write], .torn),
        FaultKind("full", [.write], .full),
        FaultKind("full-for-long", [.write], .full, times: .max),
        FaultKind("torn-full", [.write], .tornFull),
        FaultKind("sync", [.sync], .error),
        FaultKind("sync-for-long", [.sync], .error, times: .max),
        FaultKind("busy", [.lock, .shmLock], .busy),
    ]

    /// Those for a queue, which tries again what may pass: calls that fail once, and some in a row.
    package static let passing = [
        FaultKind("error", [], .error),
        FaultKind("errors", [], .error, times: 25),
        FaultKind("error-after", changing, .errorAfter),
        FaultKind("full", [.write], .full, times: 10),
        FaultKind("torn", [.write], .torn, times: 3),
        FaultKind("busy", [.lock, .shmLock], .busy, times: 3),
    ]
}
