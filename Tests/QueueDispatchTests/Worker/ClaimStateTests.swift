import Testing

@testable import QueueDispatch

@Suite("Claim state") struct ClaimStateTests {
    private var claims = ClaimState()

    @Test("S9 the first turn asks for all free slots, and the next for none without a hint")
    mutating func hint() {
        #expect(claims.limit(free: 4, finishing: false) == 4)
        #expect(claims.limit(free: 4, finishing: false) == nil)
        claims.mayHaveWork = true
        #expect(claims.limit(free: 3, finishing: false) == 3)
    }

    @Test("C2 a turn that stores completions asks for the slots that they have freed")
    mutating func finishing() {
        claims.mayHaveWork = false
        #expect(claims.limit(free: 2, finishing: true) == 2)
        #expect(!claims.mayHaveWork)
    }

    @Test("S9 without a free slot nothing is asked, and the hint stays")
    mutating func noSlot() {
        #expect(claims.limit(free: 0, finishing: false) == nil)
        #expect(claims.mayHaveWork)
        #expect(claims.limit(free: 1, finishing: false) == 1)
    }

    @Test("C2 a batch that is stored without a claim leaves a hint")
    mutating func leavesHint() {
        claims.mayHaveWork = false
        #expect(claims.limit(free: nil, finishing: true) == nil)
        #expect(claims.mayHaveWork)
    }

    @Test("S9 nothing is asked where nothing may be claimed")
    mutating func heldBack() {
        #expect(claims.limit(free: nil, finishing: false) == nil)
        #expect(claims.mayHaveWork)
    }

    @Test("D7 with no slot free an urgent job asks whether others have to be preempted, once")
    mutating func preempts() {
        claims.mayPreempt = true
        #expect(claims.limit(free: 0, finishing: false) == 0)
        #expect(claims.limit(free: 0, finishing: false) == nil)
    }

    @Test("D7 a claim for free slots asks for preemption with it")
    mutating func preemptsWithClaim() {
        claims.mayPreempt = true
        #expect(claims.limit(free: 2, finishing: false) == 2)
        #expect(!claims.mayPreempt)
    }

    @Test("D7 an urgent job waits where nothing may be claimed")
    mutating func preemptsLater() {
        claims.mayPreempt = true
        #expect(claims.limit(free: nil, finishing: false) == nil)
        #expect(claims.mayPreempt)
    }

    @Test("L5 a job that was given up puts claims in doubt, once")
    mutating func doubt() {
        #expect(claims.takeDoubt() == false)
        claims.hasGivenUp = true
        #expect(!claims.isInDoubt)
        #expect(claims.takeDoubt() == true)
        claims.isInDoubt = false
        #expect(claims.takeDoubt() == false)
    }

    @Test("L5 a job that is given up while lost claims are looked for is looked for again")
    mutating func doubtAgain() {
        claims.hasGivenUp = true
        _ = claims.takeDoubt()
        claims.hasGivenUp = true
        claims.isInDoubt = false
        #expect(claims.takeDoubt() == true)
    }

    @Test("C6 failures count until a claim succeeds")
    mutating func failures() {
        #expect(claims.failed() == 1)
        #expect(claims.failed() == 2)
        claims.succeeded()
        #expect(claims.failed() == 1)
    }
}
