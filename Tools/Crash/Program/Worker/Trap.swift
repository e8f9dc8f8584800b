import FaultVFS
import Synchronization

/// The point at which a worker kills itself.
final class Trap: Sendable {
    private let point: KillPoint?
    private let visit: Int
    private let left: Atomic<Int>
    private let injector = FaultInjector()

    /// Makes a trap for the files of a directory; with `nil` for the point nothing ever happens.
    init(_ point: KillPoint?, visit: Int, directory: String) throws {
        self.point = point
        self.visit = visit
        left = Atomic(visit)
        if point?.fileCalls != nil { try FaultVFS.attach(injector, to: directory) }
    }

    /// Reports that the worker has reached a point.
    func reach(_ point: KillPoint) {
        // The others are counted where SQLite comes to them, once it has come so far that they can be meant.
        if point == .beforeOpening, self.point == .insideOpening { arm() }
        if point == .afterOpening { self.point == .insideOpening ? injector.lift() : arm() }
        guard point == self.point, left.wrappingSubtract(1, ordering: .relaxed).newValue == 0 else { return }
        System.die()
    }

    private func arm() {
        guard let calls = point?.fileCalls else { return }
        let moments: [FileVerdict.Moment] = [.midway, .before, .after]
        injector.arm(
            FaultPlan(
                call: visit, of: calls.operations, on: calls.roles, does: .kill(moments[visit % moments.count])))
    }
}
