import QueueModel
import QueueStoreKit
import QueueTesting
import Synchronization
import Testing

@testable import QueueDispatch

@Suite("Worker tasks") struct WorkerTasksTests {
    private func executions(_ ids: ClosedRange<Int64>) -> [Execution] {
        let executor = ExecutorEntry(
            type: "work", domain: 0, body: nil, payload: Work.self, options: JobOptions(), states: [:])
        return ids.map { id in
            let record = JobRecord(id: JobID(id), type: "work", submittedAt: Timestamp(milliseconds: 0))
            return Execution(record, executor: executor, worker: WorkerID(rawValue: 1))
        }
    }

    @Test("D3 as many jobs run at once as were taken in, and each runs once, whatever members rest", arguments: 0..<20)
    func allAtOnce(round: Int) async {
        let lock = WorkerStateLock(WorkerSettings())
        let ran = Recorder<JobID>()
        await withTaskGroup(of: Void.self) { group in
            var first: Int64 = 1
            for size in [3, 1, 5, 2, 8, 1, 4] as [Int64] {
                _ = lock.add(executions(first...first + size - 1))
                for _ in 0..<lock.takeVacancies() {
                    group.addTask {
                        await WorkerTasks(lock: lock).serve { execution in
                            ran.append(execution.job.id)
                            await Task.yield()
                        } turn: {
                        }
                    }
                }
                first += size
                if (round + Int(size)).isMultiple(of: 2) { while ran.all.count < first - 1 { await Task.yield() } }
            }
            while ran.all.count < first - 1 { await Task.yield() }
            lock.dismiss()
        }
        #expect(ran.all.sorted() == (1...24).map { JobID($0) })
    }

    @Test("D3 a job does not wait for another that takes long, though a member has just been cancelled")
    func heldJobs() async {
        let lock = WorkerStateLock(WorkerSettings())
        let gate = Gate()
        await withTaskGroup(of: Void.self) { group in
            func add(_ ids: ClosedRange<Int64>) -> [Execution] {
                let added = executions(ids)
                _ = lock.add(added)
                for _ in 0..<lock.takeVacancies() {
                    group.addTask {
                        await WorkerTasks(lock: lock).serve { execution in
                            await execution.withCancellableTask { await gate.passUncancelled() }
                        } turn: {
                        }
                    }
                }
                return added
            }
            let first = add(1...4)
            await gate.arrivals(4)
            first[0].cancel(.cancelled)
            gate.letGo()
            _ = add(5...9)
            await gate.arrivals(9)
            _ = add(10...20)
            await gate.arrivals(20)
            lock.dismiss()
            gate.open()
        }
    }

    @Test("E6 what cancels one job does not reach the next")
    func cancelledMember() async {
        let lock = WorkerStateLock(WorkerSettings())
        let wasCancelled = Recorder<Bool>()
        await withTaskGroup(of: Void.self) { group in
            for id in Int64(1)...6 {
                let added = executions(id...id)
                if id.isMultiple(of: 2) { added[0].cancel(.cancelled) }
                _ = lock.add(added)
                for _ in 0..<lock.takeVacancies() {
                    group.addTask {
                        await WorkerTasks(lock: lock).serve { execution in
                            await execution.withCancellableTask { wasCancelled.append(Task.isCancelled) }
                        } turn: {
                        }
                    }
                }
                while wasCancelled.all.count < id { await Task.yield() }
            }
            lock.dismiss()
        }
        #expect(wasCancelled.all == [false, true, false, true, false, true])
    }

    @Test("C2 the member that ends the last job runs the turn itself, and runs what the turn has claimed")
    func turns() async {
        let lock = WorkerStateLock(WorkerSettings())
        let steps = Recorder<Int64>()
        let more = executions(1...5)
        _ = lock.add([more[0]])
        #expect(lock.takeVacancies() == 1)
        await WorkerTasks(lock: lock).serve { execution in
            steps.append(execution.job.id.rawValue)
            lock.noteCompletions()
        } turn: {
            steps.append(0)
            let turn = steps.all.count { $0 == 0 }
            // One job more is the member's own, and nobody has to be woken or made for it.
            if turn < more.count { #expect(!lock.add([more[turn]], byMember: true)) } else { lock.dismiss() }
        }
        #expect(steps.all == [1, 0, 2, 0, 3, 0, 4, 0, 5, 0])
    }

    @Test("C2 an end is not left to a member that is busy: one that rests runs the turn")
    func restingMember() async {
        let lock = WorkerStateLock(WorkerSettings())
        let gate = Gate()
        let turns = Recorder<Int>()
        await withTaskGroup(of: Void.self) { group in
            let added = executions(1...4)
            func join() {
                for _ in 0..<lock.takeVacancies() {
                    group.addTask {
                        await WorkerTasks(lock: lock).serve { execution in
                            // The member of the third takes the fourth as well, which is long; the end of the third is left behind.
                            if execution === added[2] { _ = lock.add([added[3]], byMember: true) }
                            if execution === added[3] { await gate.passUncancelled() }
                            if execution !== added[3] { lock.noteCompletions() }
                        } turn: {
                            turns.append(1)
                        }
                    }
                }
            }
            _ = lock.add(Array(added[0...1]))
            join()
            while turns.all.isEmpty { await Task.yield() }
            _ = lock.add([added[2]])
            let before = turns.all.count
            await gate.arrivals(1)
            while turns.all.count == before { await Task.yield() }
            gate.open()
            lock.dismiss()
        }
    }

    @Test("C2 with all members busy the loop is woken for the ends of others, and for those of a member that leaves")
    func allBusy() async {
        let lock = WorkerStateLock(WorkerSettings())
        let added = executions(1...3)
        _ = lock.add([added[0]])
        _ = lock.takeVacancies()
        // A task of its own, since it is cancelled.
        await Task {
            await WorkerTasks(lock: lock).serve { execution in
                await execution.withCancellableTask {
                    switch execution.job.id {
                    case JobID(1):
                        _ = lock.add([added[1]], byMember: true)
                        lock.noteCompletions()
                    case JobID(2):
                        // Its end would come too late for that of the first.
                        await lock.waitForWake()
                        _ = lock.add([added[2]], byMember: true)
                    default:
                        lock.noteCompletions()
                        execution.cancel(.cancelled)
                    }
                }
            } turn: {
                Issue.record("nobody has the time")
            }
        }.value
        await lock.waitForWake()
    }
}

/// What a worker does with its tasks, for tests without one.
extension WorkerStateLock {
    /// Takes in jobs; returns whether members are missing for them.
    fileprivate func add(_ executions: [Execution], byMember: Bool = false) -> Bool {
        send { $0.members.add(executions, byMember: byMember) }
        return state.withLock { $0.members.vacancies > 0 }
    }

    fileprivate func takeVacancies() -> Int { state.withLock { $0.members.takeVacancies() } }

    fileprivate func noteCompletions() { state.withLock { $0.members.noteCompletions() } }

    fileprivate func dismiss() {
        for member in state.withLock({ $0.members.dismiss() }) { member.resume() }
    }
}
