import Testing

@testable import QueueDispatch

@Suite("Turn ownership") struct TurnOwnershipTests {
    private var turn = TurnOwnership()

    @Test("C2 a member takes a free turn, and gives it back to nobody")
    mutating func member() {
        #expect(turn.takeForMember() == true)
        #expect(turn.owner == .member)
        #expect(turn.release() == false)
        #expect(turn.owner == .nobody)
    }

    @Test("C2 the loop takes a free turn, and gives it back to nobody")
    mutating func loop() {
        #expect(turn.takeForLoop() == true)
        #expect(turn.release() == false)
        #expect(turn.owner == .nobody)
    }

    @Test("C2 a member that finds a member's turn hands the next one to the loop")
    mutating func memberFindsMember() {
        _ = turn.takeForMember()
        #expect(turn.takeForMember() == false)
        #expect(turn.isAwaited)
        #expect(turn.release() == true)
        #expect(turn.owner == .loop)
        #expect(!turn.isAwaited)
    }

    @Test("C2 a member that finds the loop's turn makes the loop look again")
    mutating func memberFindsLoop() {
        _ = turn.takeForLoop()
        #expect(turn.takeForMember() == false)
        #expect(turn.release() == true)
        #expect(turn.owner == .loop)
    }

    @Test("C2 a loop that finds a member's turn gets the next one")
    mutating func loopFindsMember() {
        _ = turn.takeForMember()
        #expect(turn.takeForLoop() == false)
        #expect(turn.release() == true)
        #expect(turn.takeForLoop() == true)
    }

    @Test("C2 the loop keeps its turn when it takes it again")
    mutating func loopAgain() {
        _ = turn.takeForLoop()
        #expect(turn.takeForLoop() == true)
        #expect(turn.owner == .loop)
        #expect(!turn.isAwaited)
    }

    @Test("C2 a turn that was handed to the loop is not a member's")
    mutating func handedOver() {
        _ = turn.takeForMember()
        _ = turn.takeForMember()
        _ = turn.release()
        #expect(turn.takeForMember() == false)
        #expect(turn.takeForLoop() == true)
        #expect(turn.release() == true)
        #expect(turn.release() == false)
    }

    @Test("C2 however many members find the turn taken, the loop gets it once")
    mutating func manyMembers() {
        _ = turn.takeForMember()
        for _ in 0..<10 { #expect(turn.takeForMember() == false) }
        #expect(turn.release() == true)
        #expect(turn.release() == false)
        #expect(turn.takeForMember() == true)
    }
}
