import Testing

@testable import QueueDispatch

@Suite("Pool of threads") struct ThreadPoolStateTests {
    @Test("E7 work makes threads up to the limit, then waits, and is taken in its order")
    func order() {
        var state = ThreadPoolState<Int>()
        for number in 0..<2 {
            guard case .startThread = state.take(number, limit: 2) else {
                Issue.record("no thread was made for \(number)")
                return
            }
        }
        for number in 2..<5 {
            guard case .wait = state.take(number, limit: 2) else {
                Issue.record("\(number) did not wait")
                return
            }
        }
        let seat = ThreadSeat<Int>()
        #expect((0..<4).map { _ in state.next(for: seat) } == [2, 3, 4, nil])
        #expect(state.threadCount == 2)
    }

    @Test("E7 the thread that rested last works first; one that got work does not leave")
    func resting() {
        var state = ThreadPoolState<Int>()
        _ = state.take(0, limit: 2)
        _ = state.take(1, limit: 2)
        let (early, late) = (ThreadSeat<Int>(), ThreadSeat<Int>())
        #expect(state.next(for: early) == nil)
        #expect(state.next(for: late) == nil)
        guard case .wake(let woken) = state.take(7, limit: 2) else {
            Issue.record("no thread was woken")
            return
        }
        #expect(woken === late)
        let leaves = [state.leave(late), state.leave(early)]
        #expect(leaves == [false, true])
        #expect(late.takeWork() == 7)
        #expect(state.threadCount == 1)
    }
}
