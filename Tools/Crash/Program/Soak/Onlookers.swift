import CrashAudit
import QueueBackoff
import QueueDispatch
import QueueModel

/// Those who look at a queue while it works: subscribers that come and go, slow ones among them, and queries of all
/// kinds.
struct Onlookers: Sendable {
    let queue: JobQueue
    let log: SoakLog
    let seed: UInt64

    /// Watches until the task is canceled.
    func run() async {
        await withTaskGroup { group in
            for number in UInt64(0)..<3 { group.addTask { await subscribe(FastRandom(seed: seed &+ number)) } }
            group.addTask { await ask(FastRandom(seed: seed &- 1)) }
        }
    }

    private func subscribe(_ random: FastRandom) async {
        var generator = random
        let choices: [JobEvent.Kinds] = [.all, .ended, [.started, .ended], .progressed]
        while !Task.isCancelled {
            let kinds = choices.randomElement(using: &generator) ?? .all
            let size = [4, 64, 1024].randomElement(using: &generator) ?? 64
            let isSlow = Int.random(in: 0..<4, using: &generator) == 0
            let patience = Duration.milliseconds(Int.random(in: 10...800, using: &generator))
            await withTaskGroup { group in
                group.addTask { [queue] in
                    for await _ in queue.events(kinds, bufferSize: size) {
                        if isSlow { try? await Task.sleep(for: .milliseconds(20)) }
                        if Task.isCancelled { return }
                    }
                }
                group.addTask { try? await Task.sleep(for: patience) }
                await group.next()
                group.cancelAll()
            }
        }
    }

    private func ask(_ random: FastRandom) async {
        var generator = random
        while !Task.isCancelled {
            do {
                switch Int.random(in: 0..<6, using: &generator) {
                case 0: _ = try await queue.counts()
                case 1: _ = try await queue.snapshot()
                case 2: _ = try await queue.inspector.statistics()
                case 3: _ = try await queue.jobs(JobQuery(states: [.failed, .completed], limit: 50))
                case 4: _ = try await queue.jobs(JobQuery(tagKeyPrefix: "l", limit: 20))
                default:
                    if let job = try await queue.jobs(JobQuery(states: JobState.active, limit: 1)).jobs.first {
                        _ = try await queue.explain(job.id)
                        _ = try await queue.inspector.attempts(of: job.id)
                    }
                }
                _ = try await queue.metrics()
            } catch let error where error.code == .unknownJob {
                // It was looked for, ended, and was pruned in between.
            } catch {
                log.write(.failed("\(error)"))
            }
            try? await Task.sleep(for: .milliseconds(Int.random(in: 5...60, using: &generator)))
        }
    }
}
