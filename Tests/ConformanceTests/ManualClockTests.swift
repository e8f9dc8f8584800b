import QueueModel
import QueueTesting
import Synchronization
import Testing

@Suite("The manual clocks")
struct ManualClockTests {
    @Test("a sleeper is woken when the clock is moved to its deadline, and not before")
    func wakes() async throws {
        let clock = ManualClock()
        let isAwake = Mutex(false)
        async let sleeper: Void = {
            try await clock.sleep(for: .seconds(10))
            isAwake.withLock { $0 = true }
        }()
        try await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(9))
        #expect(clock.sleeperCount == 1)
        #expect(!isAwake.withLock { $0 })
        #expect(clock.nextDeadline == ManualClock.Instant(offset: .seconds(10)))
        clock.advance(by: .seconds(1))
        try await sleeper
        #expect(isAwake.withLock { $0 })
        #expect(clock.sleeperCount == 0)
    }

    @Test("a deadline that has passed is no wait")
    func passed() async throws {
        let clock = ManualClock()
        clock.advance(by: .seconds(5))
        try await clock.sleep(until: ManualClock.Instant(offset: .seconds(5)), tolerance: nil)
        try await clock.sleep(for: .zero)
        #expect(clock.now.offset == .seconds(5))
    }

    @Test("the clock moves from deadline to deadline, the earliest first")
    func deadlines() async throws {
        let clock = ManualClock()
        try await withThrowingTaskGroup(of: Int64.self) { group in
            for seconds in [3, 1, 2] as [Int64] {
                group.addTask {
                    try await clock.sleep(for: .seconds(seconds))
                    return seconds
                }
            }
            try await clock.sleepers(atLeast: 3)
            for seconds in 1...3 as ClosedRange<Int64> {
                #expect(clock.advanceToNextDeadline() == .seconds(1))
                #expect(try await group.next() == seconds)
            }
        }
        #expect(clock.advanceToNextDeadline() == nil)
    }

    @Test("cancelling a sleeping task wakes it at once, with an error")
    func cancelSleeper() async throws {
        let clock = ManualClock()
        let task = Task { try await clock.sleep(for: .seconds(1)) }
        try await clock.sleepers(atLeast: 1)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.sleeperCount == 0)
    }

    @Test("a task that was cancelled before does not begin to sleep")
    func cancelledBefore() async throws {
        let clock = ManualClock()
        let (gate, open) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        let task = Task {
            for await _ in gate { break }
            try await clock.sleep(for: .seconds(1))
        }
        task.cancel()
        open.finish()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.sleeperCount == 0)
    }

    @Test("whoever waits for sleepers can be cancelled")
    func cancelWatcher() async throws {
        let clock = ManualClock()
        let task = Task { try await clock.sleepers(atLeast: 1) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("the clock does not go back")
    func forwardOnly() {
        let clock = ManualClock()
        clock.advance(by: .seconds(5))
        clock.advance(by: .seconds(-3))
        clock.advance(to: ManualClock.Instant(offset: .seconds(1)))
        #expect(clock.now.offset == .seconds(5))
    }

    @Test("a wall clock shows what it is set to, also when that is earlier")
    func wallClock() {
        let wall = ManualWallClock(Timestamp(milliseconds: 1000))
        wall.advance(by: .milliseconds(500))
        #expect(wall.now() == Timestamp(milliseconds: 1500))
        wall.set(to: Timestamp(milliseconds: 10))
        #expect(wall.now() == Timestamp(milliseconds: 10))
    }

    @Test("neither a set wall clock nor a sleep of the host moves the uptime")
    func uptime() {
        let time = ManualTime(Timestamp(milliseconds: 1000))
        #expect(time.wall.uptime() == .seconds(1))
        time.advance(by: .seconds(2))
        #expect(time.wall.uptime() == .seconds(3))
        time.wall.set(to: Timestamp(milliseconds: 10))
        time.wall.set(by: .seconds(50))
        time.wall.advance(by: .seconds(-1))
        #expect(time.wall.uptime() == .seconds(3))
        time.sleepHost(for: .seconds(10))
        #expect(time.wall.uptime() == .seconds(3))
        #expect(time.clock.now.offset == .seconds(12))
        #expect(time.wall.now() == Timestamp(milliseconds: 59_010))
    }

    @Test("both clocks move together, and whoever is woken sees the new date")
    func together() async throws {
        let time = ManualTime(Timestamp(milliseconds: 0))
        async let date: Timestamp = {
            try await time.clock.sleep(for: .seconds(2))
            return time.wall.now()
        }()
        try await time.clock.sleepers(atLeast: 1)
        #expect(time.advanceToNextDeadline() == .seconds(2))
        #expect(try await date == Timestamp(milliseconds: 2000))
        time.advance(by: .seconds(1))
        #expect(time.clock.now.offset == .seconds(3))
        #expect(time.wall.now() == Timestamp(milliseconds: 3000))
    }
}
