import QueueModel
import QueueStoreKit
import Testing

@Suite("The decision how an attempt ends") struct FinishDecisionTests {
    static let end = Timestamp(milliseconds: 1000)
    static let next = Timestamp(milliseconds: 5000)
    static let worker = WorkerID(rawValue: 3)
    static let own = JobFailure(.retryable, "own")
    static let child = JobFailure(.relatedJob, "child")
    static let asked = JobFailure(.cancelled, "asked to stop while it ran")
    static let output: [UInt8] = [1, 2]

    /// When the job was asked to stop, in the order of a table's rows.
    static let requests: [Timestamp?] = [
        nil, end.advanced(by: .milliseconds(1)), end, end.advanced(by: .milliseconds(-1)),
    ]

    /// The decisions for one end of an attempt.
    ///
    /// One line for each of ``requests``, with a letter per column: without children, with an open one, with ended
    /// ones; then the same three after a child's failure.
    struct Table: Sendable, CustomTestStringConvertible {
        var name: String
        var end: Completion.End
        var lines: [String]
        var testDescription: String { name }
    }

    static let tables: [Table] = [
        Table(
            name: "success", end: .success(output: output),
            lines: ["C W F K K K", "C X X K K K", "C X X K K K", "X X X X X X"]),
        Table(
            name: "success without output", end: .success(output: nil),
            lines: ["C W F K K K", "C X X K K K", "C X X K K K", "X X X X X X"]),
        Table(
            name: "failure", end: .failure(own),
            lines: ["f f f f f f", "f f f f f f", "f f f f f f", "X X X X X X"]),
        Table(
            name: "dead letter", end: .deadLetter(own),
            lines: ["D D D D D D", "D D D D D D", "D D D D D D", "X X X X X X"]),
        Table(
            name: "cancelled", end: .cancelled(own),
            lines: ["X X X X X X", "X X X X X X", "X X X X X X", "X X X X X X"]),
        Table(
            name: "retry", end: .retry(at: next, own),
            lines: ["R R R K K K", "X X X X X X", "X X X X X X", "X X X X X X"]),
        Table(
            name: "retry in place", end: .retryInPlace(own),
            lines: ["I I I K K K", "X X X X X X", "X X X X X X", "X X X X X X"]),
        Table(
            name: "snooze", end: .snooze(until: next),
            lines: ["Z Z Z K K K", "X X X X X X", "X X X X X X", "X X X X X X"]),
        Table(
            name: "release", end: .release(own),
            lines: ["L L L K K K", "X X X X X X", "X X X X X X", "X X X X X X"]),
        Table(
            name: "preempted", end: .preempted(own),
            lines: ["P P P K K K", "X X X X X X", "X X X X X X", "X X X X X X"]),
    ]

    /// The decision that a letter of a table stands for.
    static func decision(_ letter: Substring, _ end: Completion.End) -> FinishDecision {
        var output: [UInt8]?
        if case .success(let bytes) = end { output = bytes }
        return switch letter {
        case "C": .end(.completed, output: output, nil)
        case "W": .wait(output: output)
        case "F": .finalize(output: output)
        case "K": .end(.failed, output: output, child)
        case "f": .end(.failed, output: nil, own)
        case "D": .end(.deadLettered, output: nil, own)
        case "X": .end(.cancelled, output: nil, end.failure == nil ? asked : own)
        case "R": .requeue(next, counting: own)
        case "I": .retryInPlace(own)
        case "Z": .requeue(next, counting: nil)
        case "L": .requeue(nil, counting: nil)
        default: .preempt
        }
    }

    static func completion(_ end: Completion.End, attempt: Int = 2, worker: WorkerID = worker) -> Completion {
        Completion(
            id: JobID(1), attempt: attempt, worker: worker, end: end, startedAt: .init(milliseconds: 500),
            endedAt: Self.end)
    }

    static func facts(request: Timestamp? = nil, column: Int = 0) -> FinishFacts {
        FinishFacts(
            isRunning: true, attempt: 2, worker: worker, cancelRequestedAt: request,
            childFailure: column < 3 ? nil : child, hadChildren: column % 3 > 0, openChildren: column % 3 == 1 ? 2 : 0)
    }

    @Test("E4 E6 D12 every end, with every request to stop and all that children can do", arguments: tables)
    func everyEnd(_ table: Table) {
        for (request, line) in zip(Self.requests, table.lines) {
            for (column, letter) in line.split(separator: " ").enumerated() {
                let decision = FinishDecision(
                    of: Self.completion(table.end), for: Self.facts(request: request, column: column))
                #expect(decision == Self.decision(letter, table.end), "request \(request as Any), column \(column)")
            }
        }
    }

    @Test("C3 an end of any other attempt is stale, whatever it says", arguments: tables)
    func stale(_ table: Table) {
        for request in Self.requests {
            for column in 0..<6 {
                let present = Self.facts(request: request, column: column)
                var ended = present
                ended.isRunning = false
                var orphaned = present
                orphaned.worker = nil
                for decision in [
                    FinishDecision(of: Self.completion(table.end, attempt: 1), for: present),
                    FinishDecision(of: Self.completion(table.end, attempt: 3), for: present),
                    FinishDecision(of: Self.completion(table.end, worker: WorkerID(rawValue: 4)), for: present),
                    FinishDecision(of: Self.completion(table.end), for: ended),
                    FinishDecision(of: Self.completion(table.end), for: orphaned),
                ] {
                    #expect(decision == .stale)
                    #expect(decision.state == nil && !decision.performsEffects)
                }
            }
        }
    }

    @Test("E8 effects are performed exactly with a success that is recorded as one")
    func effects() {
        for table in Self.tables {
            for (request, line) in zip(Self.requests, table.lines) {
                for (column, letter) in line.split(separator: " ").enumerated() {
                    let decision = FinishDecision(
                        of: Self.completion(table.end), for: Self.facts(request: request, column: column))
                    #expect(decision.performsEffects == ["C", "W", "F"].contains(letter))
                }
            }
        }
    }

    @Test("L3 each decision has the state that it leads to")
    func states() {
        let states: [Substring: JobState] = [
            "C": .completed, "W": .waiting, "F": .pending, "K": .failed, "f": .failed, "D": .deadLettered,
            "X": .cancelled, "R": .pending, "I": .running, "Z": .pending, "L": .pending, "P": .preempted,
        ]
        for (letter, state) in states {
            #expect(Self.decision(letter, .success(output: nil)).state == state)
        }
    }

    @Test("E5 an attempt keeps its own failure, or why it was cancelled, or that it snoozed")
    func attemptFailures() {
        for table in Self.tables {
            for request in Self.requests {
                let decision = FinishDecision(of: Self.completion(table.end), for: Self.facts(request: request))
                let expected: JobFailure? =
                    switch table.end {
                    case .snooze: JobFailure(.snoozed, "")
                    case .success: decision.state == .cancelled ? Self.asked : nil
                    default: Self.own
                    }
                #expect(decision.attemptFailure(table.end) == expected)
            }
        }
        let failed = FinishDecision(of: Self.completion(.success(output: nil)), for: Self.facts(column: 3))
        #expect(failed.attemptFailure(.success(output: nil)) == nil, "the attempt itself has succeeded")
    }

    @Test("L4 a job that its worker has lost goes back, unless it was asked to stop or a child has failed it")
    func interruption() {
        let lost = JobFailure(.crashed, "worker 3 died while it ran")
        for column in 0..<6 {
            for request in Self.requests {
                let expected: FinishDecision =
                    if request != nil {
                        .end(.cancelled, output: nil, lost)
                    } else if column < 3 {
                        .requeue(nil, counting: nil)
                    } else {
                        .end(.failed, output: nil, Self.child)
                    }
                let facts = Self.facts(request: request, column: column)
                #expect(FinishDecision.interrupting(with: lost, for: facts) == expected)
            }
        }
    }

    @Test("E3 the delay of a retry is from the end to the next start, and not below zero")
    func retryDelays() {
        #expect(Self.completion(.retry(at: Self.next, Self.own)).retryDelay == .seconds(4))
        #expect(Self.completion(.retry(at: .init(milliseconds: 1), Self.own)).retryDelay == .zero)
        for table in Self.tables where table.name != "retry" {
            #expect(Self.completion(table.end).retryDelay == nil)
        }
    }
}
