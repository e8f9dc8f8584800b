import QueueTesting
import Testing

/// What random histories have found, as they were cut down; each failed once.
@Suite("Found by random histories")
struct FoundTests {
    @Test("L3 a job whose claim was answered by an error is worked off by the worker that has it")
    func lostClaim() {
        let report = SimulationScript(
            seed: 29, setup: SimulationScript.Setup(workers: 3, concurrency: 3, lease: 5),
            steps: [
                .pass(1204),
                .submit(SimulatedJob(attempts: [.succeed(1000)]), worker: 0),
                .stop(worker: 1, grace: 990, restart: 1361),
                .fail(worker: 0, .dispatching, skip: 0, calls: 3, .after),
            ]
        ).run()
        #expect(report.violations == [])
    }

    @Test("L3 a job whose claim is in doubt runs on its only worker, without a restart")
    func lostClaimOfOne() {
        let report = SimulationScript(
            seed: 1, setup: SimulationScript.Setup(workers: 1, concurrency: 2, lease: 10),
            steps: [
                .pass(100),
                .fail(worker: 0, .dispatching, skip: 0, calls: 1, .after),
                .submit(SimulatedJob(attempts: [.succeed(1000)]), worker: 0),
                .pass(30_000),
            ]
        ).run()
        #expect(report.violations == [])
        #expect(report.duration < .seconds(60), "it took \(report.duration)")
    }

    @Test("S9 a worker whose claim failed waits without looking again and again while it has no slot")
    func pastRetry() {
        let report = SimulationScript(
            seed: 80, setup: SimulationScript.Setup(workers: 3, concurrency: 3, groupLimit: 1, lease: 9, ages: true),
            steps: [
                .submit(SimulatedJob(attempts: [.succeed(1000)]), worker: 2),
                .submit(SimulatedJob(attempts: [.succeed(1000)]), worker: 0),
                .pass(150),
                .submit(SimulatedJob(attempts: [.succeed(595), .submitAnother, .succeed(1751)]), worker: 2),
                .submit(SimulatedJob(attempts: [.succeed(1000)]), worker: 1),
                .stop(worker: 1, grace: 28, restart: 503),
                .fail(worker: 2, .dispatching, skip: 3, calls: 3, .before),
            ]
        ).run()
        #expect(report.violations == [])
        #expect(report.steps < 5000, "it took \(report.steps) steps")
    }

    @Test("I5 an executor that goes on after its job was taken away keeps its slot when the job comes back")
    func displaced() {
        let report = SimulationScript(
            seed: 802, setup: SimulationScript.Setup(workers: 2, concurrency: 3, lease: 10),
            steps: [
                .submit(SimulatedJob(attempts: [.snooze(2095), .ignoreCancellation(13224)]), worker: 1),
                .pass(1378),
                .crash(worker: 1, steps: 1, restart: 2139),
                .pass(2285),
                .submit(
                    SimulatedJob(attempts: [.ignoreCancellation(3288), .succeed(428), .succeed(1067)]), worker: 1),
                .setWallClock(14912),
                .submit(
                    SimulatedJob(attempts: [.succeed(5), .succeed(818), .ignoreCancellation(3084)]), worker: 1),
                .freeze(worker: 1, 2021),
            ]
        ).run()
        #expect(report.violations == [])
    }
}
