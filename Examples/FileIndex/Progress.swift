import Foundation
import Millrace

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Shows how far the queue is: one live line in a terminal, a line every two seconds elsewhere.
struct Progress {
    let queue: JobQueue
    private let isTerminal = isatty(STDOUT_FILENO) == 1

    /// Updates the display until the task is canceled.
    func run() async {
        let start = ContinuousClock.now
        while true {
            do {
                try await Task.sleep(for: isTerminal ? .milliseconds(200) : .seconds(2))
                let counts = try await queue.counts()
                let ended = counts.terminal
                let seconds = max(1, start.duration(to: .now).components.seconds)
                let line =
                    "\(ended) of \(ended + counts.active) jobs, \(counts[.running]) running, "
                    + "\(counts[.deadLettered]) given up, \(Int64(queue.counters.attempts) / seconds) attempts a second"
                write(isTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n")
            } catch {
                // Canceled, or a failed query: the run of the queue reports what is wrong with it.
                if isTerminal { write("\r\u{1B}[K") }
                return
            }
        }
    }

    private func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}
