import QueueBackoff
import QueueModel
import QueueStoreKit

extension SimulationScript {
    /// Returns the script of a seed: 10 to 60 jobs on one to three workers, with varying numbers of faults.
    ///
    /// A seed gives the same script in every process. It may change with the version of this package.
    public static func random(seed: UInt64) -> SimulationScript {
        var dice = Dice(seed: seed)
        let setup = Setup(
            workers: 1 + dice.roll(3), concurrency: 1 + dice.roll(3), domainLimit: dice.roll(3) == 0 ? 1 : nil,
            groupLimit: dice.roll(3) == 0 ? nil : 1 + dice.roll(2), lease: 5 + dice.roll(10), ages: dice.roll(6) == 0)
        // Some histories have no faults, to find violations that occur without any.
        let trouble = dice.roll(4) * 12
        let steps = (0..<12 + dice.roll(30)).map { _ in Step.random(&dice, workers: setup.workers, trouble: trouble) }
        return SimulationScript(seed: seed, setup: setup, steps: steps)
    }

    /// A source of random numbers.
    fileprivate struct Dice {
        var generator: FastRandom

        init(seed: UInt64) {
            generator = FastRandom(seed: seed)
        }

        mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &generator) }

        /// Returns a random time, mostly a short one.
        mutating func time(upTo limit: Int) -> Int { roll(roll(roll(limit) + 1) + 1) }
    }
}

extension SimulationScript.Step {
    fileprivate static func random(_ dice: inout SimulationScript.Dice, workers: Int, trouble: Int) -> Self {
        let worker = dice.roll(workers)
        if dice.roll(100) < trouble { return .trouble(&dice, worker) }
        switch dice.roll(20) {
        case ..<9: return .submit(.random(&dice), worker: worker)
        case ..<12: return .submitBatch((0...dice.roll(4)).map { _ in .random(&dice) }, worker: worker)
        case ..<17: return .pass(dice.time(upTo: 20_000))
        case 17: return .cancel(dice.roll(30), worker: worker)
        case 18:
            let target: Pause.Target = [.queue, .domain("one"), .group("g")][dice.roll(3)]
            return .pause(target, 1 + dice.roll(5000), stopsRunning: dice.roll(2) == 0, worker: worker)
        default:
            return dice.roll(2) == 0
                ? .setConcurrency(1 + dice.roll(4), worker: worker)
                : .setGroupLimit(1 + dice.roll(3), group: ["g", "h"][dice.roll(2)])
        }
    }

    private static func trouble(_ dice: inout SimulationScript.Dice, _ worker: Int) -> Self {
        switch dice.roll(12) {
        case ..<4: return .crash(worker: worker, steps: 1 + dice.time(upTo: 200), restart: dice.time(upTo: 30_000))
        case 4: return .stop(worker: worker, grace: dice.time(upTo: 2000), restart: dice.time(upTo: 5000))
        case 5: return .freeze(worker: worker, dice.time(upTo: 40_000))
        case 6: return .sleepHost(dice.time(upTo: 600_000))
        case 7: return .setWallClock(dice.time(upTo: 120_000) * (dice.roll(2) == 0 ? 1 : -1))
        case ..<11:
            let role = Fault.Role.allCases[dice.roll(Fault.Role.allCases.count)]
            return .fail(
                worker: worker, dice.roll(2) == 0 ? .dispatching : role, skip: dice.roll(6), calls: 1 + dice.roll(4),
                dice.roll(3) == 0 ? .after : .before)
        default: return .slowStore(worker: worker, dice.time(upTo: 3000))
        }
    }
}

extension SimulatedJob {
    fileprivate static func random(_ dice: inout SimulationScript.Dice) -> SimulatedJob {
        var job = SimulatedJob(type: dice.roll(3))
        job.priority = Priority(rawValue: [0, 64, 128, 128, 128, 128, 192][dice.roll(7)])
        job.group = [nil, nil, "g", "h"][dice.roll(4)]
        if dice.roll(4) == 0 {
            job.key = ["k", "l"][dice.roll(2)]
            job.onDuplicate = Uniqueness.DuplicateStrategy.allCases[dice.roll(4)]
        }
        if dice.roll(4) == 0 { job.after = (0...dice.roll(2)).map { _ in dice.roll(30) } }
        if dice.roll(3) == 0 { job.policy = .ignore }
        if dice.roll(5) == 0 { job.delay = dice.roll(10_000) }
        if dice.roll(8) == 0 { job.timeToLive = 1 + dice.roll(20_000) }
        if dice.roll(8) == 0 { job.timeout = 1 + dice.roll(2000) }
        job.retries = dice.roll(4)
        job.retriesInPlace = dice.roll(3) == 0
        if dice.roll(8) == 0 { job.children = 1 + dice.roll(3) }
        job.attempts = (0..<1 + dice.roll(3)).map { _ in .random(&dice) }
        return job
    }
}

extension SimulatedJob.Attempt {
    fileprivate static func random(_ dice: inout SimulationScript.Dice) -> Self {
        switch dice.roll(20) {
        case ..<11: .succeed(dice.time(upTo: 8000))
        case ..<15: .fail(dice.time(upTo: 2000))
        case 15: .failForGood(dice.time(upTo: 1000))
        case 16: .snooze(1 + dice.roll(4000))
        case ..<19: .ignoreCancellation(dice.time(upTo: 30_000))
        default: .submitAnother
        }
    }
}
