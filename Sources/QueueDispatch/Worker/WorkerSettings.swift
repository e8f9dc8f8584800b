import QueueCompletion
import QueueModel
import QueueStoreKit

/// The settings that the decisions of a worker depend on.
struct WorkerSettings: Sendable {
    /// The time between two renewals of the lease.
    var leaseRenewal = Duration.seconds(10)
    /// The time between two looks for work without a signal.
    var poll = Duration.seconds(5)
    /// The time between two searches for expired jobs.
    var expiry = Duration.seconds(60)
    /// The time between two looks at jobs that the machine's load holds back.
    var loadCheck = Duration.seconds(1)
    /// The time between two reports of progress to subscribers.
    var progress = Duration.milliseconds(100)
    /// The time that running jobs have after a claim has failed for good.
    var shutdownTimeLimit = Duration.seconds(30)
    /// The delays before a failed claim is tried again.
    var backoff = TransientBackoff()
    /// The least urgent priority that preempts; `nil`: none.
    var preemptsAt: Priority?
    /// Whether the worker stops by itself once nothing is left to do.
    var endsWhenIdle = false
}

extension WorkerSettings {
    init(_ configuration: QueueConfiguration, endsWhenIdle: Bool) {
        self.init(
            leaseRenewal: configuration.lease / 3, poll: configuration.pollInterval,
            expiry: configuration.expiryInterval, loadCheck: configuration.loadInterval,
            progress: configuration.progressInterval, shutdownTimeLimit: configuration.shutdownTimeLimit,
            backoff: configuration.storeRetryDelay.backoff, preemptsAt: configuration.preemptsAt,
            endsWhenIdle: endsWhenIdle)
    }
}
