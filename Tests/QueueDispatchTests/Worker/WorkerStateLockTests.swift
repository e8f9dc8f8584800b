import QueueTesting
import Testing

@testable import QueueDispatch

@Suite("Worker state lock") struct WorkerStateLockTests {
    @Test("S9 a signal lets the next wait through once, however often it was sent")
    func signal() async {
        let lock = WorkerStateLock(WorkerSettings())
        lock.send { $0.loop.send() }
        lock.send { $0.loop.send() }
        await lock.waitForWake()
        let passed = Flag()
        async let second: Void = {
            await lock.waitForWake()
            passed.isSet = true
        }()
        for _ in 0..<100 { await Task.yield() }
        #expect(!passed.isSet)
        lock.send { $0.loop.send() }
        await second
    }

    @Test("S9 no signal is lost between many senders and one waiter")
    func manySignals() async {
        let lock = WorkerStateLock(WorkerSettings())
        let signals = Recorder<Int>()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        signals.append(1)
                        lock.send { $0.loop.send() }
                    }
                }
            }
            // Hangs if a signal after the last count is lost.
            while signals.all.count < 4000 { await lock.waitForWake() }
        }
    }
}
