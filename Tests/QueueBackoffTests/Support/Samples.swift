import QueueBackoff

/// Values that several suites go through.
enum Samples {
    /// One of each curve, with bounds that matter within twenty retries.
    static let curves: [Backoff] = [
        .immediate,
        .constant(.milliseconds(1500)),
        .linear(from: .milliseconds(100), by: .milliseconds(333), upTo: .seconds(5)),
        .exponential(from: .milliseconds(50), upTo: .seconds(30)),
        .exponential(from: .nanoseconds(7), factor: 1.7, upTo: .seconds(1)),
    ]

    /// Values at and beyond every limit, valid or not.
    static let extremes: [Backoff] = {
        let durations: [Duration] = [
            .zero, .nanoseconds(1), .nanoseconds(-1), .seconds(3), .nanoseconds(Int64.max), .nanoseconds(Int64.min),
            .seconds(Int64.max), .seconds(Int64.min), Duration(attoseconds: .max), Duration(attoseconds: .min),
        ]
        let factors: [Double] = [
            0, -0.0, 0.5, 1, 1.0000001, 2, 3, 1e300, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity,
            -.infinity, .nan, .signalingNaN, -2,
        ]
        var all: [Backoff] = []
        for jitter in Jitter.allCases {
            for first in durations {
                all.append(.constant(first, jitter: jitter))
                for second in durations {
                    for third in [Duration.seconds(60), .seconds(-1), .seconds(Int64.max)] {
                        all.append(.linear(from: first, by: second, upTo: third, jitter: jitter))
                    }
                    all += factors.map { .exponential(from: first, factor: $0, upTo: second, jitter: jitter) }
                }
            }
        }
        return all
    }()

    /// Durations a caller may pass as the previous delay, sensible or not.
    static let previous: [Duration?] = [
        nil, .zero, .seconds(1), .seconds(-1), .nanoseconds(Int64.max), Duration(attoseconds: .max),
        Duration(attoseconds: .min),
    ]
}

extension BackoffStrategy {
    /// The delays of the first retries, each given the one before it.
    func delays(_ count: Int, seed: UInt64 = 1) -> [Duration] {
        var generator = FastRandom(seed: seed)
        var delays: [Duration] = []
        for retry in 0..<count {
            delays.append(delay(forRetry: retry, previous: delays.last, using: &generator))
        }
        return delays
    }
}
