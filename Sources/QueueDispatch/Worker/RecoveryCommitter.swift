import QueueCompletion
import QueueModel
import QueueStoreKit

/// Stores the batches that the channel commits by itself: those whose turn failed, and what is left when a worker has
/// ended.
struct RecoveryCommitter: BatchCommitter {
    let core: QueueCore

    func commit(_ batch: [FinishedAttempt]) async throws -> [CompletionOutcome] {
        let start = core.ticker.now()
        let result = try await core.store.turn(finishing: batch.map(\.completion), claiming: nil, at: core.now)
        let report = TurnReport(batch, result, took: core.ticker.now() - start)
        report.settleAttempts()
        core.reporter.report(report)
        return result.outcomes
    }

    func isTransient(_ error: any Error) -> Bool {
        (error as? QueueError)?.isTransient ?? false
    }
}
