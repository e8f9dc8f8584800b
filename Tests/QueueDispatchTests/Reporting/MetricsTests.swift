import QueueBackoff
import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@Suite("Metrics") struct MetricsTests {
    /// Runs jobs that take two seconds each and end in several ways.
    private func run(_ rig: Rig) async throws -> JobQueue {
        let time = rig.time
        let queue = try rig.queue {
            Worker { job, context in
                time.wall.advance(by: .seconds(2))
                switch job.name {
                case "permanent": throw JobError.permanent("no")
                case "used up": throw JobError.retryable("no")
                case "again": if context.attempt == 1 { throw JobError.retryable("no", after: .zero) }
                default: break
                }
            }
            Domain("d") { OtherWorker() }
        }
        for name in ["fine", "permanent", "again"] { try await queue.submit(Work(name)) }
        try await queue.submit(Work("used up"), SubmitOptions(retry: RetryPolicy.none))
        try await queue.submit(Other(), SubmitOptions(uniqueness: .key("k")))
        try await queue.submit(Other(), SubmitOptions(uniqueness: .key("k")))
        try await queue.runUntilIdle()
        return queue
    }

    @Test("Q5 a queue counts what it does by type and outcome, without a sink")
    func counting() async throws {
        let queue = try await run(Rig(concurrency: 1))
        let metrics = try await queue.metrics()
        let work = try #require(metrics.types["work"])
        #expect(work.started == 4)
        #expect(work.attempts == [.completed: 2, .failed: 1, .retried: 1, .deadLettered: 1])
        #expect(work.durations[.completed]?.count == 2)
        #expect(work.durations[.completed]?.sum == 4)
        #expect(work.queueWait.count == 4)
        // They ran one after the other, the retried one for two attempts.
        #expect(work.queueWait.sum == 0 + 2 + 4 + 8)
        #expect(metrics.types["d.other"]?.attempts == [.completed: 1])
        #expect(metrics.submissions.inserted == 5)
        #expect(metrics.submissions.duplicates == 1)
        #expect(metrics.batchSize.sum == 6)
        #expect(metrics.commitTime.count == metrics.batchSize.count)
        #expect(metrics.jobs[.completed] == 3)
        #expect(metrics.concurrency == 1)
        #expect(metrics.running == 0)
    }

    @Test("Q5 the Prometheus text of a queue is well-formed and has the figures")
    func prometheus() async throws {
        let queue = try await run(Rig(concurrency: 1))
        let parsed = try PrometheusParser(await queue.metrics().prometheusText(labels: ["queue": "q"]))
        func value(_ name: String, _ labels: [String: String]) -> Double? {
            parsed.value("millrace_" + name, labels.merging(["queue": "q"]) { $1 })
        }
        #expect(value("attempts_total", ["type": "work", "outcome": "dead_lettered"]) == 1)
        #expect(value("attempts_total", ["type": "d.other", "outcome": "completed"]) == 1)
        #expect(value("run_duration_seconds_sum", ["type": "work", "outcome": "completed"]) == 4)
        #expect(
            value("run_duration_seconds_bucket", ["type": "work", "outcome": "completed", "le": "2.5"]) == 2)
        #expect(value("run_duration_seconds_bucket", ["type": "work", "outcome": "completed", "le": "1"]) == 0)
        #expect(value("submissions_total", ["outcome": "duplicate"]) == 1)
        #expect(value("jobs", ["state": "completed"]) == 3)
        #expect(value("concurrency", [:]) == 1)
    }

    @Test("Q5 a sink gets counters, gauges and histograms, each of its kind, with the labels that distinguish them")
    func sink() async throws {
        var rig = Rig(concurrency: 1)
        let sink = MetricsRecorder()
        rig.configuration.metrics = sink
        let queue = try await run(rig)
        let metrics = try await queue.metrics()
        #expect(sink.values(of: .submissions).reduce(0, +) == 6)
        #expect(sink.values(of: .started).reduce(0, +) == 5)
        #expect(sink.values(of: .attempts).reduce(0, +) == 6)
        #expect(sink.values(of: .runDuration).count == 6)
        #expect(sink.values(of: .batchSize).count == metrics.batchSize.count)
        #expect(sink.values(of: .commitTime).count == metrics.commitTime.count)
        #expect(sink.values(of: .running).contains(1))
        #expect(sink.values(of: .running).last == 0)
        #expect(sink.values(of: .uncommitted).last == 0)
        let entry = try #require(
            sink.entries(of: .attempts).first { $0.labels.last == .outcome(AttemptOutcome.failed) })
        #expect(entry.labels.first == .type("work"))
        // The others are looked at when somebody asks for all.
        #expect(Set(QueueMetric.all).subtracting(sink.metrics) == [.concurrency, .jobs, .pressure])
    }

    @Test("Q5 a former name of a type counts under its present one")
    func aliases() async throws {
        let rig = Rig()
        try await _ = rig.memory.submit(JobSubmission(type: "former", payload: Array("{}".utf8)), at: rig.now)
        let queue = try rig.queue { RenamedWorker() }
        try await queue.runUntilIdle()
        #expect(try await queue.metrics().types.keys.map(\.rawValue) == ["renamed"])
        #expect(try await queue.metrics().types["renamed"]?.attempts == [.completed: 1])
    }

    @Test("Q5 what runs now is in the metrics")
    func running() async throws {
        let gate = Gate()
        let queue = try Rig().queue { Worker { _, _ in await gate.passUncancelled() } }
        try await queue.submit(contentsOf: [Work("a"), Work("b")])
        try await whileRunning(queue) {
            await gate.arrivals(2)
            let metrics = try await queue.metrics()
            #expect(metrics.running == 2)
            #expect(metrics.jobs[.running] == 2)
            gate.open()
        }
    }
}

private struct Renamed: Job {
    static let type: JobType = "renamed"
    static let aliases: [JobType] = ["former"]
}

private struct RenamedWorker: JobExecutor {
    func execute(_ job: Renamed, in context: JobContext) async throws {}
}
