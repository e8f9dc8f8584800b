import QueueModel
import QueueTesting
import Testing

@testable import QueueDispatch

@Suite("Crew") struct CrewTests {
    private func executions(_ ids: ClosedRange<Int64>) -> [Execution] {
        let executor = RegisteredExecutor(type: "work", domain: 0, body: nil, options: JobOptions(), states: [:])
        return ids.map { id in
            let record = JobRecord(id: JobID(id), type: "work", submittedAt: Timestamp(milliseconds: 0))
            return Execution(record, executor: executor, worker: WorkerID(rawValue: 1))
        }
    }

    @Test("D3 as many jobs run at once as were taken in, and each runs once, whatever members rest", arguments: 0..<20)
    func allAtOnce(round: Int) async {
        let crew = Crew()
        let ran = Recorder<JobID>()
        await withTaskGroup(of: Void.self) { group in
            var first: Int64 = 1
            for size in [3, 1, 5, 2, 8, 1, 4] as [Int64] {
                let members = crew.add(executions(first...first + size - 1))
                for _ in 0..<members {
                    group.addTask {
                        await crew.serve { execution in
                            ran.append(execution.job.id)
                            await Task.yield()
                        }
                    }
                }
                first += size
                if (round + Int(size)).isMultiple(of: 2) { while ran.all.count < first - 1 { await Task.yield() } }
            }
            while ran.all.count < first - 1 { await Task.yield() }
            crew.dismiss()
        }
        #expect(ran.all.sorted() == (1...24).map { JobID($0) })
    }

    @Test("D3 a job does not wait for another that takes long, though a member has just been cancelled")
    func heldJobs() async {
        let crew = Crew()
        let gate = Gate()
        await withTaskGroup(of: Void.self) { group in
            func add(_ ids: ClosedRange<Int64>) -> [Execution] {
                let added = executions(ids)
                for _ in 0..<crew.add(added) {
                    group.addTask {
                        await crew.serve { execution in
                            await execution.withCancellableTask { await gate.passUncancelled() }
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
            crew.dismiss()
            gate.open()
        }
    }

    @Test("E6 what cancels one job does not reach the next")
    func cancelledMember() async {
        let crew = Crew()
        let wasCancelled = Recorder<Bool>()
        await withTaskGroup(of: Void.self) { group in
            for id in Int64(1)...6 {
                let added = executions(id...id)
                if id.isMultiple(of: 2) { added[0].cancel(.cancelled) }
                for _ in 0..<crew.add(added) {
                    group.addTask {
                        await crew.serve { execution in
                            await execution.withCancellableTask { wasCancelled.append(Task.isCancelled) }
                        }
                    }
                }
                while wasCancelled.all.count < id { await Task.yield() }
            }
            crew.dismiss()
        }
        #expect(wasCancelled.all == [false, true, false, true, false, true])
    }
}
