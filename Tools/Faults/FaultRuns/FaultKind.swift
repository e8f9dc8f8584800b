package import FaultVFS

/// A way for calls on files to go wrong.
package struct FaultKind: Sendable {
    /// Its name on the command line.
    package let name: String
    private let operations: Set<FileOperation>
    private let effect: FaultPlan.Effect
    private let lasts: Bool

    private init(_ name: String, _ operations: Set<FileOperation>, _ effect: FaultPlan.Effect, lasts: Bool = false) {
        self.name = name
        self.operations = operations
        self.effect = effect
        self.lasts = lasts
    }

    /// The plan that lets the call with a number go wrong so.
    package func plan(call: Int) -> FaultPlan {
        FaultPlan(call: call, of: operations, does: effect, lasts: lasts)
    }

    /// Whether the call fails for long, and not once.
    package var isLasting: Bool { lasts }

    /// Calls that write.
    private static let changing: Set<FileOperation> = [.write, .truncate, .sync, .delete]

    /// All kinds.
    package static let all = [
        // Every call of SQLite's on the file system, once, and from then on.
        FaultKind("error", [], .error),
        FaultKind("broken", [], .error, lasts: true),
        // It is reported that nothing was written, and yet it was.
        FaultKind("error-after", changing, .errorAfter),
        FaultKind("torn", [.write], .torn),
        FaultKind("full", [.write], .full),
        FaultKind("full-for-long", [.write], .full, lasts: true),
        FaultKind("torn-full", [.write], .tornFull),
        FaultKind("sync", [.sync], .error),
        FaultKind("sync-for-long", [.sync], .error, lasts: true),
        FaultKind("busy", [.lock, .shmLock], .busy),
    ]
}
