import Synchronization

/// The tasks that run a worker's jobs, each one job after another, and its turns in between.
///
/// A task for each job would cost more than many a job, above all in wake-ups; see ``Members`` for who is woken when.
struct WorkerTasks {
    let lock: WorkerStateLock

    /// Calls `body` with one job after another, and `turn` when it is time for one, until the members are dismissed,
    /// or the task is cancelled: what cancelled one job must not reach the next.
    func serve(_ body: (Execution) async -> Void, turn: () async -> Void) async {
        var arrival = WorkerStateLock.State.Arrival.joined
        while true {
            switch look(arrival) {
            case .run(let execution):
                await body(execution)
                if Task.isCancelled { return lock.send { $0.memberLeaves() } }
                arrival = .done
            case .turn:
                await turn()
                arrival = .done
            case .rest:
                arrival = await rest()
            case .leave:
                return
            }
        }
    }

    private func look(_ arrival: WorkerStateLock.State.Arrival) -> WorkerStateLock.State.Step {
        let (step, wake) = lock.state.withLock { $0.memberLooks(arrival) }
        wake?.resume()
        return step
    }

    /// Waits to be woken, unless something has come meanwhile.
    private func rest() async -> WorkerStateLock.State.Arrival {
        var rests = false
        // Resumed exactly once: here, or by the one that takes it out of the state under the lock.
        await withUnsafeContinuation { (member: WorkerStateLock.Waiter) in
            rests = lock.state.withLock { $0.members.rest(member) }
            if !rests { member.resume() }
        }
        return rests ? .woken : .done
    }
}
