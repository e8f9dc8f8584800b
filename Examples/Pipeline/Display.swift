import Foundation
import Millrace
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Shows how far a queue is: bars that move in a terminal, a line a second elsewhere.
final class Display: Sendable {
    private let queue: JobQueue
    private let explains: Bool
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let board = Mutex(ProgressBoard())
    private let screen: Screen

    init(queue: JobQueue, explains: Bool) {
        self.queue = queue
        self.explains = explains
        screen = Screen(isTerminal: isTerminal)
    }

    /// Updates the display until the task is canceled.
    func run() async {
        let events = queue.events([.started, .progressed, .attempts, .ended, .trouble])
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await event in events {
                    if let line = self.board.withLock({ $0.note(event) }) { self.screen.say(line) }
                }
            }
            group.addTask { await self.draw() }
            if explains { group.addTask { await self.explain() } }
        }
        screen.show([])
    }

    private func draw() async {
        do {
            while true {
                try await Task.sleep(for: isTerminal ? .milliseconds(100) : .seconds(1))
                let counts = try await queue.counts()
                let (running, preempted) = board.withLock { board in
                    (board.lines(limit: 8, width: 79, hasBars: isTerminal), board.preempted)
                }
                let total =
                    "\(counts.terminal) of \(counts.terminal + counts.active) jobs, \(counts[.running]) running, "
                    + "\(counts[.blocked]) blocked, \(preempted) preemptions"
                screen.show(running + [total])
            }
        } catch {
            // Canceled, or a failed query: the run of the queue reports what is wrong with it.
        }
    }

    /// Explains why jobs wait: for each type the last waiting job, whenever the answer has changed.
    private func explain() async {
        var said: [JobType: String] = [:]
        do {
            while true {
                try await Task.sleep(for: .seconds(1))
                for type: JobType in [
                    "scan.directory", "text.count", "checksum.file", "publish.section", "report.write",
                ] {
                    let waiting = JobQuery(states: [.pending, .blocked, .preempted], types: [type], limit: 1)
                    guard let job = try await queue.jobs(waiting).jobs.first else { continue }
                    let answer = "\(try await queue.explain(job.id))"
                    if said.updateValue(answer, forKey: type) != answer { screen.say(answer) }
                }
            }
        } catch {
            // As above.
        }
    }
}
