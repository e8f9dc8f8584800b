import Foundation
import Millrace
import QueueTesting
import Testing

/// The jobs of the guide.
private struct Report: Job {
    static let type: JobType = "report"
    var day: Int
}

private struct Reporter: JobExecutor {
    func execute(_ job: Report, in context: JobContext) async throws {
        try await context.clock.sleep(for: .seconds(3600))
    }
}

/// A store for the guide to be about.
private typealias MyStore = MemoryJobStore

/// The code of Documentation/Simulating.md, run.
@Suite("Guide: simulating")
struct GuideTests {
    private let configuration = QueueConfiguration(coder: JSONCoder(), concurrency: 2)

    @Test("A scenario")
    func scenario() {
        let configuration = configuration
        let report = Simulation(seed: 7) { world in
            let first = try world.startWorker(configuration, name: "first") { Reporter() }
            try await first.queue.submit(Report(day: 1))
            try await world.sleep(for: .seconds(1800))
            first.crash()
            try world.startWorker(configuration, name: "second") { Reporter() }
            try await world.settle()
        }.run()
        #expect(report.violations == [], "\(report.log.joined(separator: "\n"))")
    }

    @Test("Many seeds")
    func manySeeds() {
        let configuration = configuration
        for seed in 1...20 as ClosedRange<UInt64> {
            let report = Simulation(seed: seed) { world in
                let first = try world.startWorker(configuration, name: "first") { Reporter() }
                first.task { queue in _ = try await queue.submit(contentsOf: (1...5).map { Report(day: $0) }) }
                try await first.crash(afterSteps: 1 + world.random(below: 60), within: .seconds(60))
                try world.startWorker(configuration, name: "second") { Reporter() }
                try await world.settle()
            }.run()
            #expect(report.violations == [], "seed \(seed): \(report.log.joined(separator: "\n"))")
        }
    }

    @Test("A store of one's own")
    func ownStore() {
        for seed in 1...20 as ClosedRange<UInt64> {
            let failure = SimulationScript.random(seed: seed).shrunk(on: { MyStore() })
            #expect(failure == nil, "\(failure?.description ?? "")")
        }
        let report = SimulationScript(
            seed: 1, setup: SimulationScript.Setup(workers: 2, concurrency: 3, lease: 10),
            steps: [
                .submit(SimulatedJob(priority: .high, retries: 2, attempts: [.fail(100), .succeed(1000)]), worker: 0),
                .pass(50),
                .crash(worker: 0, steps: 12, restart: 5000),
                .setWallClock(-30_000),
            ]
        ).run()
        #expect(report.violations == [])
    }
}
