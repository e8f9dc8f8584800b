import QueueModel
import Testing

@Suite("Records") struct RecordTests {
    @Test("E5 a failure's message is cut to 4096 bytes at a character")
    func failureIsCut() {
        let fits = String(repeating: "x", count: 4096)
        #expect(JobFailure(.permanent, fits).message == fits)
        #expect(JobFailure(.permanent, fits + "x").message == fits)
        // 1365 × 3 = 4095: one more character would not fit, and half of one is no text.
        let wide = JobFailure(.permanent, String(repeating: "€", count: 2000)).message
        #expect(wide.utf8.count == 4095)
        #expect(wide.allSatisfy { $0 == "€" })
        // A character of many bytes is kept or left out as a whole.
        let family = "👨‍👩‍👧‍👦"
        #expect(JobFailure(.permanent, String(repeating: "x", count: 4090) + family).message.utf8.count == 4090)
    }

    @Test("L1 each state is active or terminal")
    func states() {
        #expect(JobState.active == [.pending, .blocked, .running, .waiting, .preempted])
        #expect(
            JobState.terminal == [
                .completed, .failed, .deadLettered, .cancelled, .superseded, .expired, .dependencyFailed,
            ])
        #expect(JobState.allCases.allSatisfy { $0.isTerminal == JobState.terminal.contains($0) })
    }

    @Test("Q1 counts add up by active and terminal states")
    func counts() {
        var counts = StateCounts([.pending: 2, .running: 1, .completed: 4, .failed: 0])
        #expect(counts[.pending] == 2)
        #expect(counts[.blocked] == 0)
        #expect(counts.active == 3)
        #expect(counts.terminal == 4)
        counts[.pending] = 0
        #expect(counts == StateCounts([.running: 1, .completed: 4]))
    }

    @Test("E5 an attempt's duration is known once it has ended")
    func duration() {
        var attempt = JobRecord.Attempt(
            number: 1, worker: nil, startedAt: Timestamp(milliseconds: 100), endedAt: nil, failure: nil)
        #expect(attempt.duration == nil)
        attempt.endedAt = Timestamp(milliseconds: 350)
        #expect(attempt.duration == .milliseconds(250))
    }

    @Test("S5 an outcome names the job that stands for the work, and whether it is new")
    func outcomes() {
        let id = JobID(2)
        let all: [(SubmitOutcome, Bool)] = [
            (.inserted(id), true), (.duplicate(of: id), false), (.upgraded(id), false), (.rerunQueued(id), false),
            (.superseded(old: JobID(1), by: id), true), (.rejected(existing: id), false),
        ]
        for (outcome, isNew) in all {
            #expect(outcome.id == id)
            #expect(outcome.isNew == isNew)
        }
    }

    @Test("S5 D11 an outcome that made a job carries what followed, and no other does")
    func changes() {
        let change = JobChange(id: JobID(9), type: "work", state: .dependencyFailed, cause: JobID(1))
        for outcome in [SubmitOutcome.inserted(JobID(2)), .superseded(old: JobID(1), by: JobID(2))] {
            var outcome = outcome
            #expect(outcome.changes.isEmpty)
            outcome.add([change])
            outcome.add([])
            outcome.add([change])
            #expect(outcome.changes == [change, change])
            #expect(outcome.id == JobID(2))
            #expect(outcome.isNew)
        }
        var duplicate = SubmitOutcome.duplicate(of: JobID(2))
        duplicate.add([change])
        #expect(duplicate == .duplicate(of: JobID(2)))
    }

    @Test("D8 a hold lasts until its instant")
    func pause() {
        let end = Timestamp(milliseconds: 100)
        #expect(Pause(.queue).isInForce(at: .distantFuture))
        #expect(Pause(.queue, until: end).isInForce(at: Timestamp(milliseconds: 99)))
        #expect(!Pause(.queue, until: end).isInForce(at: end))
    }
}

@Suite("Events") struct EventTests {
    private static let failure = JobFailure(.retryable, "no")
    private static let at = Timestamp(milliseconds: 0)

    @Test(
        "Q3 each kind of event is chosen by one set of kinds",
        arguments: [
            (JobEvent.Kind.submitted(.inserted(JobID(1))), JobEvent.Kinds.submitted), (.started(attempt: 1), .started),
            (.progressed(JobProgress(.fraction(0.5))), .progressed), (.retrying(at: at, failure), .attempts),
            (.snoozed(until: at), .attempts), (.released, .attempts), (.waiting, .attempts),
            (.unblocked, .unblocked), (.recovered, .unblocked), (.edited(.group(nil), count: 2), .edited),
            (.ended(.completed, nil), .ended),
            (.completionRejected(message: ""), .trouble), (.stale, .trouble), (.unknownType("x", count: 1), .trouble),
            (.queueStarted, .queue), (.queueStopped, .queue), (.paused(Pause(.queue)), .queue),
            (.resumed(.queue), .queue),
        ])
    func kinds(of event: JobEvent.Kind, are kinds: JobEvent.Kinds) {
        #expect(event.kinds == kinds)
        #expect(JobEvent.Kinds.all.contains(kinds))
    }

    @Test("Q3 the sets of kinds don't overlap")
    func disjoint() {
        let all: [JobEvent.Kinds] = [
            .submitted, .started, .progressed, .attempts, .unblocked, .ended, .trouble, .queue, .schedules, .edited,
        ]
        #expect(all.reduce(into: 0) { $0 += $1.rawValue.nonzeroBitCount } == all.count)
        #expect(JobEvent.Kinds(all).rawValue.nonzeroBitCount == all.count)
    }
}
