import QueueModel
import QueueStoreKit
import Testing

@Suite("Outcomes of attempts") struct AttemptOutcomeTests {
    private static let failure = JobFailure(.retryable, "no")
    private static let at = Timestamp(milliseconds: 0)

    @Test(
        "Q5 what an attempt led to follows from its end and from the state that was recorded",
        arguments: [
            (.success(output: nil), .completed, .completed), (.success(output: nil), .waiting, .waiting),
            (.success(output: nil), .pending, .waiting), (.success(output: nil), .cancelled, .cancelled),
            (.success(output: nil), .superseded, .superseded), (.failure(failure), .failed, .failed),
            (.deadLetter(failure), .deadLettered, .deadLettered), (.retry(at: at, failure), .pending, .retried),
            (.retryInPlace(failure), .running, .retried), (.snooze(until: at), .pending, .snoozed),
            (.release(failure), .pending, .released), (.preempted(failure), .preempted, .preempted),
            (.preempted(failure), .pending, .released), (.release(failure), .expired, .expired),
            (.release(failure), .dependencyFailed, .dependencyFailed),
        ] as [(Completion.End, JobState, AttemptOutcome)])
    func outcome(end: Completion.End, state: JobState, outcome: AttemptOutcome) {
        #expect(AttemptOutcome(end, recordedAs: state) == outcome)
    }

    @Test("Q5 outcomes are numbered from 0, and their names are unique and in the style of labels")
    func names() {
        #expect(AttemptOutcome.allCases.map { Int($0.rawValue) } == Array(AttemptOutcome.allCases.indices))
        let names = AttemptOutcome.allCases.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "_" } })
    }
}
