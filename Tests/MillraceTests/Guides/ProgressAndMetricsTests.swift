import Foundation
import Millrace
import Synchronization
import Testing

/// The code of Documentation/ProgressAndMetrics.md, run.
@Suite("Guide: progress and metrics")
struct ProgressAndMetricsTests {
    struct Copy: Job {
        static let type: JobType = "copy"
        var path: String
        var bytes: Int64
    }

    struct Copier: JobExecutor {
        let disk: Disk

        func execute(_ job: Copy, in context: JobContext) async throws {
            var done: Int64 = 0
            for try await part in disk.parts(of: job.path) {
                done += Int64(part.count)
                context.report(bytes: done, of: job.bytes, message: job.path)
                context.report(io: IOAmount(diskRead: Int64(part.count)))
            }
        }
    }

    /// Hands out what a file holds, and stops half-way until it is let go.
    final class Disk: Sendable {
        let halfway = Crowd(of: 2)
        let goOn = Crowd(of: 2)

        func parts(of path: String) -> AsyncThrowingStream<[UInt8], any Error> {
            let count = Mutex(0)
            return AsyncThrowingStream {
                let part = count.withLock { count in
                    count += 1
                    return count
                }
                if part == 3 {
                    await self.halfway.join()
                    await self.goOn.join()
                }
                return part <= 4 ? Array(repeating: 0, count: 256) : nil
            }
        }
    }

    @Test("Q4 a running job tells how far it is, to those who subscribe and to those who look")
    func progress() async throws {
        let disk = Disk()
        let queue = try await JobQueue { Copier(disk: disk) }
        let id = try await queue.submit(Copy(path: "a", bytes: 1024)).id
        let events = queue.events(of: id, [.progressed, .ended])
        async let run: Void = queue.runUntilIdle()
        await disk.halfway.join()
        var lines: [String] = []
        for job in await queue.inspector.running() {
            guard let progress = job.progress, let fraction = progress.fraction else { continue }
            let kind = progress.isEstimate ? "about " : ""
            lines.append("\(job.job.type) \(job.job.id): \(kind)\(Int(fraction * 100)) %")
        }
        #expect(lines == ["copy \(id): 50 %"])
        #expect(await queue.inspector.progress(of: id)?.done == .bytes(512, of: 1024))
        await disk.goOn.join()
        var bar = ""
        for await event in events {
            guard case .progressed(let progress) = event.kind, case .bytes(let done, of: let total?) = progress.done
            else { continue }
            bar = "\(done) of \(total) bytes"
            if let rate = progress.rate { bar += ", \(Int(rate)) a second" }
            if let left = progress.timeLeft { bar += ", \(left.components.seconds) s left" }
        }
        #expect(bar.hasPrefix("1024 of 1024 bytes"))
        #expect(bar.hasSuffix("0 s left"))
        try await run
        #expect(try await queue.job(id)?.io == IOAmount(diskRead: 1024))
        await queue.close()
    }

    struct Ping: Job {
        static let type: JobType = "ping"
        var host: String
    }

    struct Pinger: JobExecutor {
        func execute(_ job: Ping, in context: JobContext) async throws {
            if job.host == "down" { throw JobError.permanent("no answer from \(Trace.current ?? "nobody")") }
        }
    }

    enum Trace {
        @TaskLocal static var current: String?
    }

    struct Tracing: ExecutionMiddleware {
        func around(_ context: JobContext, next: NextExecution) async throws -> ExecutionOutput {
            try await Trace.$current.withValue("\(context.job.type) \(context.id)") {
                try await next()
            }
        }
    }

    struct OfficeHours: ExecutionMiddleware {
        let isOpen: @Sendable (Timestamp) -> Bool

        func around(_ context: JobContext, next: NextExecution) async throws -> ExecutionOutput {
            guard isOpen(context.now) else { throw JobError.snooze(for: .seconds(900)) }
            return try await next()
        }
    }

    @Test("E1 middleware surrounds executions")
    func middleware() async throws {
        let limit = try TimeLimitMiddleware(.seconds(60))
        let queue = try await JobQueue { configuration in
            configuration.middleware = [LoggingMiddleware(level: .debug, failureLevel: .info), Tracing()]
        } domains: {
            Domain("net") { Pinger() }.middleware(OfficeHours { _ in true }, limit)
        }
        let id = try await queue.submit(Ping(host: "down")).id
        try await queue.runUntilIdle()
        #expect(try await queue.job(id)?.failure?.message == "no answer from net.ping \(id)")
        await queue.close()
    }

    @Test("Q5 figures are counted always, and rendered for Prometheus")
    func metrics() async throws {
        let queue = try await JobQueue { Domain("net") { Pinger() } }
        try await queue.submit(contentsOf: [Ping(host: "up"), Ping(host: "down")])
        try await queue.runUntilIdle()
        let metrics = try await queue.metrics()
        let pings = metrics.types["net.ping"]
        let failed = pings?.attempts[.failed] ?? 0
        let slow = pings?.durations[.completed]?.quantile(0.95) ?? 0
        #expect(failed == 1)
        #expect(slow <= 7200)
        let text = try metrics.prometheusText(labels: ["queue": "main"])
        #expect(text.contains("millrace_attempts_total{queue=\"main\",type=\"net.ping\",outcome=\"failed\"} 1\n"))
        #expect(text.contains("# TYPE millrace_run_duration_seconds histogram\n"))
        for metric in QueueMetric.all {
            #expect(try Repository.text("Documentation/ProgressAndMetrics.md").contains("`\(metric.name)`"))
        }
        await queue.close()
    }

    struct Forwarding: MetricsSink {
        let send: @Sendable (_ name: String, _ labels: [(String, String)], _ value: Double) -> Void

        func add(_ amount: Int, to counter: QueueMetric, _ labels: [QueueMetric.Label]) {
            send(counter.name, labels.map { ($0.name, $0.value) }, Double(amount))
        }

        func set(_ gauge: QueueMetric, to value: Double, _ labels: [QueueMetric.Label]) {
            send(gauge.name, labels.map { ($0.name, $0.value) }, value)
        }

        func observe(_ value: Double, in histogram: QueueMetric, _ labels: [QueueMetric.Label]) {
            send(histogram.name, labels.map { ($0.name, $0.value) }, value)
        }
    }

    final class Sent: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    @Test("Q5 a sink hands the figures on")
    func sink() async throws {
        let sent = Sent()
        let queue = try await JobQueue { configuration in
            configuration.metrics = Forwarding { name, labels, value in
                sent.add("\(name) \(labels.map { "\($0.0)=\($0.1)" }.joined(separator: " ")) \(value)")
            }
        } domains: {
            Pinger()
        }
        try await queue.submit(Ping(host: "up"))
        try await queue.runUntilIdle()
        #expect(sent.all.contains("millrace_attempts_total type=ping outcome=completed 1.0"))
        #expect(sent.all.contains("millrace_submissions_total outcome=inserted 1.0"))
        await queue.close()
    }
}
