import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@Suite("Idle queues") struct IdleTests {
    /// How often a store was called, whatever for.
    private func calls(of store: FaultyStore) -> Int {
        Fault.Operation.allCases.reduce(0) { $0 + store.calls(of: $1) }
    }

    @Test("S9 an idle queue calls its store at its safety poll and not once in between")
    func sleeps() async throws {
        let rig = Rig()
        let store = FaultyStore(rig.memory)
        let queue = try rig.queue(over: store) { Worker() }
        try await whileRunning(queue) {
            let id = try await queue.submit(Work()).id
            try await queue.expectEnd(of: id, .completed)
            try await rig.time.clock.sleepers(atLeast: 1)
            // The end of the job was the last thing; what it set off is over after the next poll, which is the first.
            rig.time.advance(by: .seconds(1000))
            try await rig.time.clock.sleepers(atLeast: 1)
            for _ in 0..<3 {
                let before = calls(of: store)
                for _ in 0..<9 {
                    rig.time.advance(by: .seconds(111))
                    // A loop that the clock has woken sleeps again only after it has looked around.
                    try await rig.time.clock.sleepers(atLeast: 1)
                }
                #expect(calls(of: store) == before, "999 of 1000 seconds")
                rig.time.advance(by: .seconds(1))
                try await rig.time.clock.sleepers(atLeast: 1)
                #expect(calls(of: store) == before + 2, "the poll is one turn, and one look at the schedules")
            }
        }
    }

    @Test("S9 a worker that waits for a slot of a shared limit gets it when another worker frees it")
    func freedSlot() async throws {
        var rig = Rig()
        rig.configuration.groups["g"] = GroupRule(limit: 1)
        let mayEnd = Gate()
        let first = try rig.queue { Worker { _, _ in try await mayEnd.pass() } }
        let looks = Gate()
        let looked = Gate()
        looks.open()
        looked.open()
        let store = HookedStore(rig.memory) { [memory = rig.memory] _, request throws(QueueError) in
            if request != nil, try await memory.count(JobQuery(types: ["other"])) > 0 { await looks.passUncancelled() }
        } after: { _, _ in
            if looks.arrivals > 0 { await looked.passUncancelled() }
        }
        let second = try rig.queue(over: store) { OtherWorker() }
        let inGroup = SubmitOptions(group: "g")
        try await whileRunning(first) {
            try await first.submit(Work(), inGroup)
            await mayEnd.arrivals(1)
            try await whileRunning(second) {
                let id = try await second.submit(Other(), inGroup).id
                // It has looked, and found the group full: nothing but a signal makes it look again.
                await looked.arrivals(1)
                mayEnd.open()
                try await second.expectEnd(of: id, .completed)
            }
        }
    }
}
