import QueueCompletion
import QueueModel

extension QueueConfiguration {
    /// How completions, the ends of attempts, are batched and retried, and when they hold back claims.
    public struct CompletionSettings: Hashable, Sendable {
        /// The largest number of completions per commit, at least 1; default 1024.
        public var maxBatch = 1024
        /// The number of uncommitted completions above which nothing is claimed, at least 1; default 10 000.
        ///
        /// Claiming resumes when half of them are left.
        public var maxUncommitted = 10_000
        /// The delay before a batch whose commit failed for a reason that may be temporary is committed again.
        public var retryDelay = RetryDelay()

        /// Creates settings with the defaults.
        public init() {}

        func validate() throws(QueueError) {
            try SettingRange("completions.maxBatch", 1...).check(maxBatch)
            try SettingRange("completions.maxUncommitted", 1...).check(maxUncommitted)
            try retryDelay.validate("completions.retryDelay")
        }

        /// The options of the channel that commits completions.
        var channelOptions: CompletionChannelOptions {
            CompletionChannelOptions(
                maxBatch: maxBatch, maxUncommitted: maxUncommitted, backoff: retryDelay.backoff)
        }
    }

    /// A delay between repeated calls that doubles with each failure in a row, between two bounds.
    public struct RetryDelay: Hashable, Sendable {
        /// The delay after the first failure, above zero; default 5 ms.
        public var initial: Duration
        /// The longest delay, at least ``initial``; default 5 s.
        public var maximum: Duration

        /// Creates a delay.
        public init(initial: Duration = .milliseconds(5), maximum: Duration = .seconds(5)) {
            self.initial = initial
            self.maximum = maximum
        }

        func validate(_ name: String) throws(QueueError) {
            if initial <= .zero {
                throw QueueError(.invalidOption, "\(name).initial is \(initial), it must be above zero")
            }
            try SettingRange("\(name).maximum", initial...).check(maximum)
        }

        /// The delay after so many failures in a row.
        func delay(afterFailures failures: Int) -> Duration {
            backoff.delay(afterFailures: failures)
        }

        var backoff: TransientBackoff { TransientBackoff(initial: initial, maximum: maximum) }
    }
}
