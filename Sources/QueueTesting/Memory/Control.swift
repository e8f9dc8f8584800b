import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Cancels a job with its children, and with those that depend on it as their policies say (rule E6).
    mutating func cancel(_ id: JobID, at now: Timestamp, _ effects: inout Effects) -> CancelOutcome {
        guard let record = entries[id]?.record else { return .unknown }
        if record.state.isTerminal { return .alreadyEnded(record.state) }
        settle([.stop(id, as: .cancelled, cause: nil)], at: now, &effects)
        guard record.state == .running, let worker = record.worker else { return .cancelled(effects.changes) }
        return .requested(worker: worker, changes: effects.changes)
    }

    /// Makes a new job of an ended one (rules L1, E4).
    mutating func resubmit(
        _ id: JobID, at now: Timestamp, _ effects: inout Effects
    ) throws(QueueError) -> SubmitOutcome {
        guard let record = entries[id]?.record else { throw unknown(id) }
        guard record.state.isTerminal else {
            throw QueueError(.notPossibleNow, "\(id) is \(record.state) and has not ended", jobs: [id])
        }
        let outcome = store(again(record), at: now, &effects)
        replacePredecessor(record, with: outcome.id)
        return outcome
    }

    mutating func deleteEnded(_ id: JobID) throws(QueueError) -> Bool {
        guard let entry = entries[id] else { return false }
        guard entry.record.state.isTerminal else {
            throw QueueError(.notPossibleNow, "\(id) is \(entry.record.state) and has not ended", jobs: [id])
        }
        delete(id, entry)
        return true
    }

    /// Takes an ended job away, with what it depended on.
    ///
    /// Who depended on it keeps its number.
    mutating func delete(_ id: JobID, _ entry: Entry) {
        entries[id] = nil
        for other in entry.dependencies {
            dependents[other]?.remove(id)
            if dependents[other]?.keys.isEmpty ?? false { dependents[other] = nil }
        }
    }

    private func unknown(_ id: JobID) -> QueueError {
        QueueError(.unknownJob, "no job has the id \(id)", jobs: [id])
    }
}
