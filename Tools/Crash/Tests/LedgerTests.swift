import CrashAudit
import QueueModel
import Testing

@Suite("What the logs of killed workers prove")
struct LedgerTests {
    private let plan = JobPlan("1.1")

    @Test("I1 what was acknowledged and is in the file is not blamed, whatever else may be there or not")
    func sound() {
        var story = Story()
        story.submit("1.1", as: 1)
        story.tell(.submitting(["1.2"]))
        story.kill()
        #expect(story.findings(.of(1, plan, .pending, attempt: 0)) == [])
        #expect(story.findings(.of(1, plan, .pending, attempt: 0), .of(2, JobPlan("1.2"), .pending, attempt: 0)) == [])
    }

    @Test("I1 an acknowledged submission that is not in the file is lost")
    func lost() {
        var story = Story()
        story.submit("1.1", as: 1)
        #expect(story.findings() == ["I1: the submission 1.1 was acknowledged as #1, which is not there"])
        #expect(story.ledger.findings.first?.kind == .lost)
    }

    @Test("I1 an acknowledged submission whose id is another job's is lost")
    func taken() {
        var story = Story()
        story.submit("1.1", as: 1)
        story.tell(.submitting(["1.2"]))
        #expect(
            story.findings(.of(1, JobPlan("1.2"), .pending, attempt: 0))
                == ["I1: the submission 1.1 was acknowledged as #1, which is another's"])
    }

    @Test("I2 one submission that is stored twice is doubled, unless the queue has repeated the job itself")
    func stored() {
        var story = Story()
        story.submit("1.1", as: 1)
        #expect(story.findings(.of(1, plan, .pending), .of(2, plan, .pending, origin: JobID(1))) == [])
        #expect(
            story.findings(.of(1, plan, .pending), .of(2, plan, .pending)) == ["I2: 1.1 was stored as #1 and as #2"])
        #expect(story.ledger.findings.first?.kind == .doubled)
    }

    @Test("I2 a job that nobody submitted, and one that was given to two, are found")
    func strangers() {
        var story = Story()
        story.submit("1.1", as: 1)
        story.submit("1.2", as: 1)
        #expect(story.ledger.findings.map(\.text) == ["I2: #1 was given to 1.1 and to 1.2"])
        var other = Story()
        #expect(other.findings(.of(1, plan, .pending)) == ["#1 is there, and nobody submitted it"])
    }

    @Test("I3 an attempt that begins twice, or after the end, is doubled")
    func twice() {
        var story = Story()
        story.submit("1.1", as: 1)
        story.execute(1, "1.1")
        story.execute(1, "1.1", by: 2)
        #expect(story.ledger.findings.map(\.text) == ["I3: attempt 1 at #1 began twice"])
        var other = Story()
        other.submit("1.1", as: 1)
        other.execute(1, "1.1")
        other.tell(.ended(JobID(1), .completed))
        other.execute(1, attempt: 2, "1.1")
        #expect(other.ledger.findings.map(\.text) == ["I3: attempt 2 at #1 began after the job had ended as completed"])
    }

    @Test("I3 an attempt that was claimed before the present one may begin after the end")
    func late() {
        var story = Story()
        story.submit("1.1", as: 1)
        story.execute(1, attempt: 2, "1.1", by: 2)
        story.tell(.ended(JobID(1), .completed), by: 2)
        story.execute(1, attempt: 1, "1.1", .loss)
        #expect(story.findings(.of(1, plan, .completed, attempt: 2)) == [])
    }

    @Test(
        "I3 a job that was cancelled between its claim and its start is no matter, unless the file had said so before")
    func cancelledMeanwhile() {
        var story = Story()
        story.submit("1.1", as: 1)
        story.tell(.cancelled(JobID(1)), by: 2)
        story.execute(1, "1.1", .loss)
        #expect(story.findings(.of(1, plan, .cancelled)) == [])
        story.execute(1, attempt: 2, "1.1", .loss)
        #expect(story.ledger.findings.map(\.text) == ["I3: attempt 2 at #1 began after the job had ended as cancelled"])
    }

    @Test("I3 a job is completed by the attempt that the file names, or that is found")
    func attempt() {
        var story = Story()
        story.submit("1.1", as: 1)
        story.execute(1, attempt: 1, "1.1")
        story.execute(1, attempt: 2, "1.1", .interruption)
        #expect(
            story.findings(.of(1, plan, .completed, attempt: 2))
                == ["I3: #1 is completed by attempt 2, which had not come to that end"])
    }

    @Test("I3 the end of a stale attempt that was recorded for the present one is found by what was told too early")
    func unfenced() {
        var story = Story()
        story.submit("1.1", as: 1)
        story.tell(.started(JobID(1), attempt: 1, nonce: "1.1"))
        story.tell(.started(JobID(1), attempt: 2, nonce: "1.1"), by: 2)
        story.tell(.stopped(JobID(1), attempt: 1, .success))
        story.tell(.ended(JobID(1), .completed))
        story.tell(.stopped(JobID(1), attempt: 2, .success), by: 2)
        #expect(
            story.findings(.of(1, plan, .completed, attempt: 2))
                == ["I3: #1 is completed by attempt 2, which had not come to that end"])
    }

    @Test("I3 an end that was told twice, and one that changes, are doubled")
    func changing() {
        var story = Story()
        story.submit("1.1", as: 1)
        story.execute(1, "1.1")
        #expect(story.findings(.of(1, plan, .completed)) == [])
        story.execute(1, attempt: 2, "1.1")
        #expect(story.findings(.of(1, plan, .completed, attempt: 2)).count == 2)
        var other = Story()
        other.tell(.ended(JobID(1), .completed))
        other.tell(.ended(JobID(1), .completed))
        #expect(other.ledger.findings.map(\.text) == ["I3: two events told of an end of #1"])
    }

    @Test(
        "I4 an end that was seen is in the file",
        arguments: [LogLine.Entry.ended(JobID(1), .completed), .awaited(JobID(1))])
    func seen(_ entry: LogLine.Entry) {
        var story = Story()
        story.submit("1.1", as: 1)
        story.execute(1, "1.1")
        story.tell(entry)
        #expect(
            story.findings(.of(1, plan, .running)) == ["I4: #1 was told to have ended as completed, and it is running"])
    }

    @Test("I4 a job that somebody was told to be cancelled stays so")
    func cancelled() {
        var story = Story()
        story.submit("1.1", as: 1)
        story.tell(.cancelling(JobID(1)))
        story.tell(.cancelled(JobID(1)))
        #expect(story.settled(.of(1, plan, .cancelled, attempt: 0)) == [])
        var other = Story()
        other.submit("1.1", as: 1)
        #expect(
            other.settled(.of(1, plan, .cancelled, attempt: 0))
                == ["#1 has ended as cancelled, and should have as completed"])
    }

    @Test("I5 more at once than a group may are over the limit, also where one was killed")
    func overLimit() {
        var story = Story()
        let plans = [JobPlan("1.1", group: "one"), JobPlan("1.2", group: "one")]
        story.submit("1.1", as: 1)
        story.submit("1.2", as: 2)
        story.tell(.started(JobID(1), attempt: 1, nonce: "1.1"))
        story.execute(2, "1.2", by: 2)
        story.kill(1)
        story.execute(1, attempt: 2, "1.1", by: 2)
        let found = story.settled(.of(1, plans[0], .completed, attempt: 2), .of(2, plans[1], .completed))
        #expect(found == ["I5: 2 jobs ran at once of group(\"one\"), the limit is 1: #1, #2"])
    }

    @Test("I5 an attempt counts for as long as the file says that it ran, not for as long as its executor goes on")
    func fenced() {
        var story = Story()
        let plans = [JobPlan("1.1", group: "one"), JobPlan("1.2", group: "one")]
        story.submit("1.1", as: 1)
        story.submit("1.2", as: 2)
        story.tell(.started(JobID(1), attempt: 1, nonce: "1.1"))
        story.execute(2, "1.2", by: 2)
        story.tell(.stopped(JobID(1), attempt: 1, .loss))
        story.execute(1, attempt: 2, "1.1", by: 2)
        #expect(story.ledger.doubtful == [JobID(1)])
        #expect(story.ledger.attemptsLost == 1)
        // When the second began.
        story.ledger.fence(JobID(1), attempt: 1, at: 6)
        #expect(story.settled(.of(1, plans[0], .completed, attempt: 2), .of(2, plans[1], .completed)) == [])
    }

    @Test("I5 when an attempt ended that had a successor, is doubtful, though nobody has heard that it was too late")
    func unheard() {
        var story = Story()
        story.submit("1.1", as: 1)
        story.tell(.started(JobID(1), attempt: 1, nonce: "1.1"))
        #expect(story.ledger.doubtful == [JobID(1)], "it may never end")
        story.execute(1, attempt: 2, "1.1", by: 2)
        story.tell(.stopped(JobID(1), attempt: 1, .success))
        #expect(story.ledger.doubtful == [JobID(1)])
        story.execute(2, "1.2")
        #expect(story.ledger.doubtful == [JobID(1)])
    }

    @Test("I6 a job that began before what it depends on had completed is found")
    func dependencies() {
        let plans = [JobPlan("1.1"), JobPlan("1.2", dependencies: ["1.1"])]
        var story = Story()
        story.submit("1.1", as: 1)
        story.submit("1.2", as: 2)
        story.execute(2, "1.2")
        story.execute(1, "1.1")
        #expect(
            story.settled(.of(1, plans[0], .completed), .of(2, plans[1], .completed))
                == ["I6: #2 began before #1, which it depends on, had ended"])
        var other = Story()
        other.submit("1.1", as: 1)
        other.submit("1.2", as: 2)
        other.execute(1, "1.1")
        other.execute(2, "1.2")
        #expect(other.settled(.of(1, plans[0], .completed), .of(2, plans[1], .completed)) == [])
    }

    @Test("I6 an attempt of what it depends on that begins late, when the job has ended by another, is no matter")
    func lateDependency() {
        let plans = [JobPlan("1.1"), JobPlan("1.2", policy: .ignore, dependencies: ["1.1"])]
        var story = Story()
        story.submit("1.1", as: 1)
        story.submit("1.2", as: 2)
        story.execute(1, attempt: 2, "1.1")
        story.execute(2, "1.2")
        story.execute(1, attempt: 1, "1.1", by: 2)
        #expect(story.settled(.of(1, plans[0], .completed, attempt: 2), .of(2, plans[1], .completed)) == [])
    }

    @Test("I6 where any end will do, it is still waited for")
    func anyEnd() {
        let plans = [JobPlan("1.1", .fail), JobPlan("1.2", policy: .ignore, dependencies: ["1.1"])]
        var story = Story()
        story.submit("1.1", as: 1)
        story.submit("1.2", as: 2)
        story.tell(.started(JobID(1), attempt: 1, nonce: "1.1"))
        story.execute(2, "1.2")
        story.tell(.stopped(JobID(1), attempt: 1, .failure))
        #expect(
            story.settled(.of(1, plans[0], .failed), .of(2, plans[1], .completed))
                == ["I6: #2 began before #1, which it depends on, had ended"])
    }

    @Test("I7 two active jobs with one key are doubled")
    func keys() {
        var story = Story()
        story.submit("1.1", as: 1)
        story.submit("1.2", as: 2)
        let found = story.findings(
            .of(1, JobPlan("1.1", key: "k"), .pending), .of(2, JobPlan("1.2", key: "k"), .running))
        #expect(found == ["I7: #1 and #2 are active with one key"])
    }

    @Test("I9 work that is left when nothing more happens is lost")
    func left() {
        var story = Story()
        story.submit("1.1", as: 1)
        #expect(
            story.settled(.of(1, plan, .blocked, attempt: 0))
                == ["I9: #1 is blocked, and nothing is left that would run it"])
    }

    @Test(
        "L1 jobs end as their plans say",
        arguments: [
            (JobPlan.Course.fail, JobState.failed, LogLine.Stop.failure), (.dead, .deadLettered, .retry),
            (.retry, .completed, .success),
        ])
    func ends(_ course: JobPlan.Course, _ state: JobState, _ stop: LogLine.Stop) {
        var story = Story()
        story.submit("1.1", as: 1)
        story.execute(1, "1.1", stop)
        #expect(story.settled(.of(1, JobPlan("1.1", course), state)) == [])
        #expect(story.settled(.of(1, JobPlan("1.1", course), .dependencyFailed)).isEmpty == false)
    }

    @Test("L4 a job that takes workers down is found out after so many, not sooner nor later", arguments: [4, 5, 6])
    func poison(_ crashes: Int) {
        var story = Story()
        story.submit("1.1", as: 1)
        for attempt in 1...crashes {
            story.tell(.started(JobID(1), attempt: attempt, nonce: "1.1"), by: attempt)
            story.kill(attempt)
        }
        let found = story.settled(.of(1, JobPlan("1.1", .poison), .deadLettered, attempt: crashes))
        #expect(
            found
                == (crashes == 5 ? [] : ["L4: #1 took \(crashes) workers down, and should have been found out after 5"])
        )
    }

    @Test("C6 an error of another's lock counts as busy")
    func busy() {
        var story = Story()
        story.tell(.failed("busy: another process has the lock"))
        story.tell(.failed("io: the disk is gone"))
        #expect(story.ledger.findings.map(\.kind) == [.busy, .wrong])
    }
}
