import CrashAudit
import QueueModel
import Testing

@Suite("Logs of workers")
struct LogLineTests {
    @Test(
        "I1 a line says what it was made of",
        arguments: [
            LogLine.Entry.opened, .submitting(["1.1", "1.2"]),
            .acknowledged([
                .init(nonce: "1.1", id: JobID(7), isNew: true), .init(nonce: "1.2", id: JobID(3), isNew: false),
            ]),
            .cancelling(JobID(4)), .cancelled(JobID(4)),
            .claimed(since: 12, [.init(id: JobID(5), attempt: 2, priority: .high)]),
            .started(JobID(5), attempt: 2, nonce: "1.1/2"), .stopped(JobID(5), attempt: 2, .loss),
            .ended(JobID(5), .deadLettered), .awaited(JobID(5)), .stale(JobID(5)), .failed("busy: it is"), .idle,
        ])
    func roundTrip(_ entry: LogLine.Entry) {
        let line = LogLine(at: 1234, entry)
        #expect(LogLine(line.text) == line)
        #expect(!line.text.contains("\n"))
    }

    @Test(
        "I1 a line that a kill has cut off is none",
        arguments: [
            "", "12", "12 ", "x opened", "12 started 5", "12 stopped 5 2 succ", "12 acknowledged 1.1", "12 ended 5 99",
        ])
    func torn(_ text: String) {
        #expect(LogLine(text) == nil)
    }

    @Test("S1 a plan is its payload")
    func plans() {
        let plan = JobPlan(
            "3.14", .retry, milliseconds: 5, delay: 7, group: "one", key: "k2", policy: .ignore,
            dependencies: ["3.1", "3.2"])
        #expect(JobPlan(payload: Array(plan.text.utf8)) == plan)
        #expect(JobPlan(payload: Array(JobPlan("1.1").text.utf8)) == JobPlan("1.1"))
        #expect(JobPlan(payload: Array("1.1 sing 0 0 - - 0 -".utf8)) == nil)
    }

    @Test("I2 children and the jobs of a schedule may be made more than once")
    func singular() {
        #expect(JobPlan("1.1").isSingular)
        #expect(!JobPlan(JobPlan("1.1").nonce(ofChild: 1)).isSingular)
        #expect(!JobPlan(JobPlan.nonce(ofSchedule: 1)).isSingular)
    }
}
