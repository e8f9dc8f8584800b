import Synchronization

/// Counts calls, and lets those go wrong that its plan means.
package final class FaultInjector: FileJudge {
    private struct State {
        var plan: FaultPlan?
        var count = 0
        var fired: [String] = []
        var calls: [Key: Int] = [:]
    }

    private struct Key: Hashable {
        var operation: FileOperation
        var role: FileRole
    }

    private let state = Mutex(State())

    /// Creates an injector, which passes all calls unless it has a plan.
    package init(_ plan: FaultPlan? = nil) {
        state.withLock { $0.plan = plan }
    }

    /// Sets a plan, whose calls are counted from here on.
    package func arm(_ plan: FaultPlan) {
        state.withLock { state in
            state.plan = plan
            state.count = 0
            state.fired = []
        }
    }

    /// Stops injecting faults.
    ///
    /// What has happened stays known.
    package func lift() {
        state.withLock { $0.plan = nil }
    }

    /// Whether what goes wrong goes on doing so until the plan is lifted.
    package var isLasting: Bool { state.withLock { $0.plan?.times == .max } }

    /// The number of calls that the plan has counted since it was taken.
    package var counted: Int { state.withLock { $0.count } }

    /// The calls that went wrong, each as operation, file and place.
    package var fired: [String] { state.withLock { $0.fired } }

    /// The number of calls since the beginning that a plan would count.
    package func calls(of operations: Set<FileOperation> = [], on roles: Set<FileRole> = []) -> Int {
        let plan = FaultPlan(call: 1, of: operations, on: roles, does: .error)
        return state.withLock { state in
            state.calls.reduce(0) { $0 + (plan.counts($1.key.operation, on: $1.key.role) ? $1.value : 0) }
        }
    }

    package func verdict(on call: FileCall) -> FileVerdict {
        state.withLock { state in
            state.calls[Key(operation: call.operation, role: call.role), default: 0] += 1
            guard let plan = state.plan, plan.counts(call.operation, on: call.role) else { return .pass }
            // A judge is asked by several threads, whose order is that of this lock.
            state.count += 1
            guard state.count >= plan.call, state.count - plan.call < plan.times else { return .pass }
            state.fired.append(
                "\(call.operation.rawValue) \(call.role.rawValue) at \(call.offset), \(call.length) bytes")
            return plan.verdict(on: call.operation)
        }
    }
}
