import QueueBackoff

extension Row {
    /// The delays of retries 0…19, a thousand times over, since once is too short to be timed.
    static let backoffRows: [Row] = [
        delays("constant", .constant(.seconds(1))),
        delays("linear", .linear(from: .seconds(1), by: .seconds(1), upTo: .seconds(60))),
        delays("exponential", .exponential(from: .seconds(1), upTo: .seconds(60))),
        delays("exponential_jitter", .exponential(from: .seconds(1), upTo: .seconds(60), jitter: .full)),
    ]

    private static let retries = 20
    private static let times = 1000

    private static func delays(_ strategy: String, _ backoff: Backoff) -> Row {
        let name = "backoff_delay/\(strategy)"
        return Row(
            name: name, jobs: retries * times,
            subject: Workload(name: name) { _ in
                var sum: Int128 = 0
                var random = FastRandom(seed: 1)
                let most = sumOfDelays(backoff.jittered(.none), using: &random) * Int128(times)
                return Iteration(
                    run: {
                        for _ in 0..<times { sum &+= sumOfDelays(backoff, using: &random) }
                    },
                    finish: {
                        let isPlausible =
                            backoff.jitter == .none ? sum == most : (most * 2 / 5...most * 3 / 5).contains(sum)
                        try Mismatch.check("delays are those of the curve", expected: true, found: isPlausible)
                        return [:]
                    })
            })
    }

    /// Never inlined, so that nothing about the strategy is known beforehand.
    ///
    /// Adding up `Duration`s would cost as much as the delays.
    @inline(never)
    private static func sumOfDelays(_ backoff: Backoff, using random: inout FastRandom) -> Int128 {
        var sum: Int128 = 0
        for retry in 0..<retries { sum &+= backoff.delay(forRetry: retry, previous: nil, using: &random).attoseconds }
        return sum
    }
}
