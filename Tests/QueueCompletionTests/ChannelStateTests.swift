import Testing

@testable import QueueCompletion

@Suite("The channel as a value")
struct ChannelStateTests {
    private typealias State = ChannelState<Int>

    /// A state with the items 0, 1, … and the leadership of whoever was elected by the first.
    private func sent(_ count: Int, _ options: CompletionChannelOptions = CompletionChannelOptions()) -> (State, Int?) {
        var state = State(options: options)
        var leadership: Int?
        for item in 0..<count { leadership = state.send(item).leadership ?? leadership }
        return (state, leadership)
    }

    /// A step as text, so that a sequence of steps can be compared.
    private func text(_ step: State.Step) -> String {
        switch step {
        case .commit(let items): "commit \(items)"
        case .pause(let delay): "pause \(delay / .milliseconds(1)) ms"
        case .wait: "wait"
        case .stop: "stop"
        }
    }

    @Test("C2 the first sender is elected, and nobody else while it leads")
    func election() throws {
        var state = State(options: CompletionChannelOptions())
        let first = state.send(1).leadership
        let second = state.send(2).leadership
        let leadership = try #require(first)
        #expect(second == nil)
        #expect(text(state.next(leadership)) == "commit [1, 2]")
        let third = state.send(3).leadership
        #expect(third == nil)
        state.settle(2, committed: true)
        #expect(text(state.next(leadership)) == "commit [3]")
        state.settle(1, committed: true)
        #expect(text(state.next(leadership)) == "stop")
        let fourth = state.send(4).leadership
        #expect(fourth != nil)
    }

    @Test("C2 a leadership that ended gets nothing any more")
    func endedTerm() throws {
        var (state, elected) = sent(1)
        let leadership = try #require(elected)
        state.abandon(leadership)
        #expect(text(state.next(leadership)) == "stop")
        let next = state.send(1).leadership
        let successor = try #require(next)
        state.abandon(leadership)
        #expect(text(state.next(successor)) == "commit [0, 1]")
    }

    @Test("C2 when a turn is over the next to send leads, after the attempt under way")
    func turnOver() throws {
        var (state, elected) = sent(3, CompletionChannelOptions(maxBatch: 1, maxTurns: 2))
        let leadership = try #require(elected)
        #expect(text(state.next(leadership)) == "commit [0]")
        let early = state.send(3).leadership
        #expect(early == nil, "the leader has another turn")
        state.settle(1, committed: true)
        #expect(text(state.next(leadership)) == "commit [1]")
        let late = state.send(4).leadership
        let successor = try #require(late)
        #expect(text(state.next(successor)) == "wait")
        state.settle(1, committed: true)
        #expect(text(state.next(leadership)) == "stop")
        #expect(text(state.next(successor)) == "commit [2]")
    }

    @Test("C2 when a turn is over and nobody else can lead, the leader goes on")
    func turnGoesOn() throws {
        var (state, elected) = sent(3, CompletionChannelOptions(maxBatch: 1, maxTurns: 1))
        let leadership = try #require(elected)
        for item in 0..<3 {
            #expect(state.isOver(leadership) == (item > 0))
            #expect(text(state.next(leadership)) == "commit [\(item)]")
            state.settle(1, committed: true)
        }
        #expect(!state.isOver(leadership))
        #expect(text(state.next(leadership)) == "stop")
    }

    @Test("C6 transient errors keep the batch whole, and back off longer each time")
    func transient() throws {
        var (state, elected) = sent(2)
        let leadership = try #require(elected)
        var steps: [String] = []
        for _ in 0..<3 {
            steps.append(text(state.next(leadership)))
            state.postpone()
            steps.append(text(state.next(leadership)))
        }
        #expect(
            steps == [
                "commit [0, 1]", "pause 5.0 ms", "commit [0, 1]", "pause 10.0 ms", "commit [0, 1]", "pause 20.0 ms",
            ])
        #expect(state.statistics.retries == 3)
        #expect(state.uncommitted == 2)
    }

    @Test("C6 a failing batch is halved until the item is alone, and what came later waits")
    func halving() throws {
        var (state, elected) = sent(4)
        let leadership = try #require(elected)
        var steps = [text(state.next(leadership))]
        _ = state.send(4)
        state.halve()
        steps.append(text(state.next(leadership)))
        state.settle(2, committed: true)
        steps.append(text(state.next(leadership)))
        state.halve()
        steps.append(text(state.next(leadership)))
        state.settle(1, committed: false)
        steps.append(text(state.next(leadership)))
        state.settle(1, committed: true)
        steps.append(text(state.next(leadership)))
        #expect(
            steps == [
                "commit [0, 1, 2, 3]", "commit [0, 1]", "commit [2, 3]", "commit [2]", "commit [3]", "commit [4]",
            ])
        #expect(state.statistics.rejected == 1)
        #expect(state.statistics.committed == 3)
    }

    @Test("C6 an error after a success backs off from the beginning")
    func failuresInARow() throws {
        var (state, elected) = sent(2)
        let leadership = try #require(elected)
        _ = state.next(leadership)
        state.postpone()
        _ = state.next(leadership)
        _ = state.next(leadership)
        state.halve()
        _ = state.next(leadership)
        state.postpone()
        #expect(text(state.next(leadership)) == "pause 5.0 ms")
    }

    @Test("C9 a leader lingers once a batch, unless the batch is full or the channel closed")
    func lingering() throws {
        var (state, elected) = sent(1, CompletionChannelOptions(maxBatch: 2, linger: .milliseconds(3)))
        let leadership = try #require(elected)
        #expect(text(state.next(leadership)) == "pause 3.0 ms")
        #expect(text(state.next(leadership)) == "commit [0]")
        for item in 1...4 { _ = state.send(item) }
        state.settle(1, committed: true)
        #expect(text(state.next(leadership)) == "commit [1, 2]")
        state.settle(2, committed: true)
        #expect(text(state.next(leadership)) == "commit [3, 4]")
        _ = state.send(5)
        state.settle(2, committed: true)
        state.isClosed = true
        #expect(text(state.next(leadership)) == "commit [5]")
    }

    @Test("C7 holding back begins above the limit and ends at half of it")
    func readiness() throws {
        var (state, elected) = sent(4, CompletionChannelOptions(maxBatch: 1, maxUncommitted: 4))
        let leadership = try #require(elected)
        #expect(!state.isHoldingBack)
        let fifth = state.send(4).changesReadiness
        let sixth = state.send(5).changesReadiness
        #expect(fifth && !sixth)
        var held: [Bool] = []
        for _ in 0..<6 {
            _ = state.next(leadership)
            state.settle(1, committed: true)
            held.append(state.isHoldingBack)
        }
        #expect(held == [true, true, true, false, false, false])
    }

    @Test("C2 a consumer is told once, until it takes")
    func telling() throws {
        var state = State(options: CompletionChannelOptions())
        let attended = state.consume()
        let number = try #require(attended)
        #expect(state.consume() == nil)
        var told: [Bool] = []
        for item in 0..<3 {
            let sent = state.send(item)
            #expect(sent.leadership == nil)
            told.append(sent.notifiesConsumer)
        }
        #expect(told == [true, false, false])
        let batch = state.take(number)
        #expect(batch == [0, 1, 2])
        let during = state.send(3)
        #expect(!during.notifiesConsumer, "there is nothing to take while a batch is out")
        let second = state.take(number)
        #expect(second.isEmpty)
        state.settle(3, committed: true)
        let after = state.notifyConsumer()
        #expect(after)
        let third = state.take(number)
        #expect(third == [3])
    }

    @Test("C2 a consumer takes nothing while the attempt of the leader before it is under way")
    func takeOver() throws {
        var (state, elected) = sent(2, CompletionChannelOptions(maxBatch: 1))
        let leadership = try #require(elected)
        #expect(text(state.next(leadership)) == "commit [0]")
        let attended = state.consume()
        let number = try #require(attended)
        let early = state.take(number)
        #expect(early.isEmpty)
        state.settle(1, committed: true)
        #expect(text(state.next(leadership)) == "stop")
        let told = state.notifyConsumer()
        let late = state.take(number)
        #expect(told && late == [1])
    }

    @Test("C2 a consumer that ends gives its batch back")
    func endedAttendance() throws {
        var state = State(options: CompletionChannelOptions())
        let attended = state.consume()
        let number = try #require(attended)
        _ = state.send(0)
        _ = state.take(number)
        state.endConsuming(number)
        let stale = state.takeBack(number)
        #expect(stale.isEmpty)
        let elected = state.send(1).leadership
        let leadership = try #require(elected)
        #expect(text(state.next(leadership)) == "commit [0]")
        state.settle(1, committed: true)
        #expect(text(state.next(leadership)) == "commit [1]")
    }

    @Test("C8 a drain takes the lead at once, waits for the attempt under way, and goes on with the batch")
    func drain() throws {
        var (state, elected) = sent(2)
        let leadership = try #require(elected)
        _ = state.next(leadership)
        let began = state.drain()
        let drain = try #require(began)
        #expect(state.drain() == nil)
        #expect(text(state.next(drain)) == "wait")
        #expect(state.giveUp(drain) == nil)
        state.halve()
        #expect(text(state.next(leadership)) == "stop")
        #expect(text(state.next(drain)) == "commit [0]")
        state.settle(1, committed: true)
        _ = state.send(2)
        let left = state.giveUp(drain)
        #expect(left == [1, 2])
        #expect(state.uncommitted == 0)
        #expect(state.statistics.handedBack == 2)
    }

    @Test("C8 a drain of an open channel ends once all that was sent before is settled, if a consumer can go on")
    func openDrain() throws {
        var state = State(options: CompletionChannelOptions(maxBatch: 1))
        let attended = state.consume()
        let number = try #require(attended)
        _ = state.send(0)
        let began = state.drain()
        let drain = try #require(began)
        #expect(text(state.next(drain)) == "commit [0]")
        let during = state.send(1)
        #expect(during.leadership == nil && !during.notifiesConsumer)
        let early = state.take(number)
        #expect(early.isEmpty)
        state.settle(1, committed: true)
        #expect(text(state.next(drain)) == "stop")
        let told = state.notifyConsumer()
        let taken = state.take(number)
        #expect(told && taken == [1])
    }
}
