import QueueModel
import Testing

@Suite("Explanations") struct JobExplanationTests {
    private let job: JobRecord = {
        var job = JobRecord(id: JobID(7), type: "m.a", submittedAt: Timestamp(milliseconds: 0))
        job.group = "s3"
        return job
    }()

    private func explanation(_ obstacles: [JobExplanation.Obstacle], pauses: [Pause] = []) -> JobExplanation {
        JobExplanation(job: job, domain: "m", obstacles: obstacles, pauses: pauses)
    }

    @Test("D14 the latest of the instants that the gates name is when the job may run")
    func until() {
        let sooner = Gate.Block(.typeRate, .rate(.perSecond(1)), until: Timestamp(milliseconds: 5))
        let later = Gate.Block(.due, .notDue, until: Timestamp(milliseconds: 9))
        let never = Gate.Block(.groupSlot, .slots(running: 4, limit: 4))
        #expect(explanation([.gate(sooner), .gate(later)]).until == Timestamp(milliseconds: 9))
        #expect(explanation([.gate(later), .gate(sooner)]).until == Timestamp(milliseconds: 9))
        #expect(explanation([.gate(later), .gate(never)]).until == nil)
        #expect(explanation([.gate(later), .preempted]).until == nil)
        #expect(explanation([]).until == nil)
        #expect(explanation([.preempted, .gate(never), .gate(later)]).blocks == [never, later])
    }

    @Test(
        "D14 an obstacle is a sentence with its figures",
        arguments: [
            (JobExplanation.Obstacle.noExecutor, "no executor is registered for m.a"),
            (.queueNotRunning, "the queue does not run"), (.backpressure(uncommitted: 9), "9 ends"),
            (.dependencies([JobID(17), JobID(18)], count: 2), "blocked by #17, #18"),
            (.dependencies([JobID(17)], count: 10_000), "blocked by #17 and 9999 more"),
            (.children([JobID(3)], count: 1), "children #3"),
            (.preempted, "set aside"), (.behind(JobID(4)), "#4 comes first"),
            (.gate(Gate.Block(.groupSlot, .slots(running: 4, limit: 4))), "group \"s3\": 4 of 4 running"),
            (.gate(Gate.Block(.domainSlot, .slots(running: 1, limit: 1))), "domain \"m\": 1 of 1 running"),
            (.gate(Gate.Block(.workerSlot, .slots(running: 2, limit: 2))), "worker: 2 of 2"),
            (.gate(Gate.Block(.typeRate, .rate(.perSecond(5)))), "rate limit of m.a: no token left"),
            (.gate(Gate.Block(.groupRate, .rate(.perSecond(5)))), "rate limit of group \"s3\""),
            (.gate(Gate.Block(.queuePause, .paused)), "queue: paused"),
            (.gate(Gate.Block(.due, .notDue)), "earliest start"),
            (.gate(Gate.Block(.expiry, .expired)), "time to live"),
            (.gate(Gate.Block(.isolation, .suspect)), "suspect"),
            (.gate(Gate.Block(.pressure, .pressure(leastPriority: .high))), "pressure: only priorities up to high"),
        ] as [(JobExplanation.Obstacle, String)])
    func text(_ obstacle: JobExplanation.Obstacle, _ part: String) {
        let text = explanation([obstacle]).description
        #expect(text.contains(part), "\(text)")
        #expect(text.hasPrefix("#7 m.a is pending\n- "))
    }

    @Test("D14 holds are named with their reasons")
    func pauses() {
        let text = explanation(
            [],
            pauses: [
                Pause(.queue, reason: "night", until: Timestamp(milliseconds: 5)), Pause(.domain("m"), reason: "a"),
                Pause(.group("s3"), reason: "b"),
            ]
        ).description
        for part in ["the queue by \"night\", until 5 ms", "domain \"m\" by \"a\"", "group \"s3\" by \"b\""] {
            #expect(text.contains(part), "\(text)")
        }
    }

    @Test("D14 the effective priority is the job's own unless said otherwise")
    func priority() {
        #expect(explanation([]).effectivePriority == .normal)
        #expect(JobExplanation(job: job, effectivePriority: .high).effectivePriority == .high)
    }
}
