import Dispatch
import QueueDispatch
import QueueModel
import QueueTesting
import Testing

@Suite("Task executors") struct TaskExecutorTests {
    /// Runs on a queue by whose mark code can tell that it runs there.
    final class MarkedQueue: TaskExecutor {
        private static let key = DispatchSpecificKey<Bool>()
        private let queue = DispatchQueue(label: "marked")

        init() {
            queue.setSpecific(key: Self.key, value: true)
        }

        static var isCurrent: Bool { DispatchQueue.getSpecific(key: key) ?? false }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    struct Chooser: JobExecutor {
        let taskExecutor: (any TaskExecutor)?
        let seen: Recorder<String>
        let gate: Gate

        private func note(_ name: String) {
            seen.append("\(name) \(MarkedQueue.isCurrent)")
        }

        @concurrent private func helper() async { note("helper") }

        @concurrent func execute(_ job: Work, in context: JobContext) async throws {
            note("execute")
            await helper()
            if job.name == "parent" { try await context.spawn(Other()) }
            if job.name == "stops" { try await gate.pass() }
        }

        @concurrent func finalize(_ job: Work, output: Void, in context: JobContext) async throws { note("finalize") }

        @concurrent func cancelled(_ job: Work, in context: JobContext) async { note("cancelled") }
    }

    @Test(
        "E7 all code of an executor runs where it says, or on Swift's pool where it says nothing",
        arguments: [true, false])
    func runsThere(isNamed: Bool) async throws {
        let seen = Recorder<String>()
        let gate = Gate()
        let queue = try Rig().queue {
            Chooser(taskExecutor: isNamed ? MarkedQueue() : nil, seen: seen, gate: gate)
            OtherWorker { _, _ in seen.append("other \(MarkedQueue.isCurrent)") }
        }
        let parent = try await queue.submit(Work("parent")).id
        try await whileRunning(queue) {
            try await queue.expectEnd(of: parent, .completed)
            let stops = try await queue.submit(Work("stops")).id
            await gate.arrivals(1)
            try await queue.cancel(stops)
            try await queue.expectEnd(of: stops, .cancelled)
        }
        let here = "\(isNamed)"
        #expect(
            seen.all == [
                "execute \(here)", "helper \(here)", "other false", "finalize \(here)",
                "execute \(here)", "helper \(here)", "cancelled \(here)",
            ])
    }
}
