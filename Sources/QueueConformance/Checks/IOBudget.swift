import QueueModel
import QueueStoreKit
import Testing

enum IOBudgetChecks {
    private static func moving(_ bytes: Int64, priority: Priority = .normal, type: JobType = "work") -> JobSubmission {
        JobSubmission(type: type, priority: priority, expectedIO: IOAmount(diskRead: bytes))
    }

    private static func budget(_ bytes: Int64) -> AdmissionRules {
        AdmissionRules.open.with {
            $0.ioBudget = IOAmount(diskRead: bytes, diskWritten: .max, networkReceived: .max, networkSent: .max)
        }
    }

    static let all: [ConformanceCheck] = [
        ConformanceCheck("D10 jobs are claimed until the bytes they are expected to move reach the budget") { scene in
            let ids = try await scene.add(count: 5, moving(32))
            let claimed = try await scene.claim(10, budget(96))
            #expect(claimed.map(\.id) == Array(ids[..<3]))
            #expect(try await scene.claim(10, budget(127)).isEmpty)
            #expect(try await scene.claim(10, budget(128)).map(\.id) == [ids[3]])
        },
        ConformanceCheck("D10 a completion makes room in the same turn") { scene in
            let ids = try await scene.add(count: 3, moving(32))
            let running = try await scene.claimOnly(ids[0], budget(32))
            let result = try await scene.turn(finishing: [.of(running)], claiming: 10, budget(32), at: t(2))
            #expect(result.claimed.map(\.id) == [ids[1]])
        },
        ConformanceCheck("D10 a job larger than the budget runs alone when no other job moves bytes") { scene in
            let big = try await scene.add(moving(1000))
            let small = try await scene.add(moving(1, priority: .background))
            let running = try await scene.claim(10, budget(10))
            #expect(running.map(\.id) == [big])
            let result = try await scene.turn(finishing: [.of(running[0])], claiming: 10, budget(10), at: t(2))
            #expect(result.claimed.map(\.id) == [small])
            try await scene.add(moving(1000))
            #expect(try await scene.claim(10, budget(10), at: t(3)).isEmpty)
        },
        ConformanceCheck("D10 a job that moves nothing is never blocked") { scene in
            try await scene.add(moving(1000))
            try await scene.add(count: 2)
            try await scene.add(JobSubmission(type: "work", expectedIO: .zero))
            #expect(try await scene.claim(10, budget(0)).count == 4)
        },
        ConformanceCheck("D10 jobs that move nothing do not keep a large one waiting") { scene in
            try await scene.add(count: 2)
            let big = try await scene.add(moving(1000))
            #expect(try await scene.claim(10, budget(1)).last?.id == big)
        },
        ConformanceCheck("D2 a job without room holds back neither a smaller one nor those that move nothing") {
            scene in
            try await scene.add(moving(64))
            _ = try await scene.store.submit(
                contentsOf: (0..<300).map { _ in moving(64, priority: .realtime, type: "other") }, at: t(0))
            try await scene.claim(1, budget(100).with { $0.types["other"] = nil })
            let small = try await scene.add(moving(32, priority: .background))
            let none = try await scene.add(priority: .idle)
            #expect(try await scene.claim(10, budget(100)).map(\.id) == [small, none])
        },
        ConformanceCheck("D10 each kind of I/O has its own budget") { scene in
            let axes: [WritableKeyPath<IOAmount, Int64>] = [
                \.diskRead, \.diskWritten, \.networkReceived, \.networkSent,
            ]
            let open = IOAmount(diskRead: .max, diskWritten: .max, networkReceived: .max, networkSent: .max)
            for axis in axes {
                var (amount, tight) = (IOAmount.zero, open)
                amount[keyPath: axis] = 64
                tight[keyPath: axis] = 100
                let rules = AdmissionRules.open.with { $0.ioBudget = tight }
                for _ in 0..<2 { try await scene.add(JobSubmission(type: "work", expectedIO: amount)) }
                let claimed = try await scene.claim(10, rules)
                #expect(claimed.count == 1)
                let rest = try await scene.claim(10, .open)
                for record in claimed + rest { try await scene.finish(record) }
            }
        },
        ConformanceCheck("D10 sizes are rounded up in steps of at most a quarter") { scene in
            // 9 counts as 10.
            try await scene.add(count: 2, moving(9))
            #expect(try await scene.claim(10, budget(19)).count == 1)
            #expect(try await scene.claim(10, budget(20)).count == 1)
        },
        ConformanceCheck("D10 bytes that another worker moves do not count") { scene in
            try await scene.add(count: 2, moving(64))
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
            #expect(try await scene.claim(10, by: other, budget(64)).count == 1)
            #expect(try await scene.claim(10, budget(64)).count == 1)
        },
        ConformanceCheck("D10 a budget may change from claim to claim without a new generation of rules") { scene in
            try await scene.add(count: 4, moving(32))
            var rules = budget(32)
            #expect(try await scene.claim(10, rules).count == 1)
            rules.ioBudget?.diskRead = 96
            #expect(try await scene.claim(10, rules).count == 2)
            rules.ioBudget?.diskRead = 0
            #expect(try await scene.claim(10, rules).isEmpty)
            rules.ioBudget = nil
            #expect(try await scene.claim(10, rules).count == 1)
        },
        ConformanceCheck("D10 jobs that were running when the store was reopened count", requires: .persistent) {
            scene in
            try await scene.add(count: 2, moving(64))
            #expect(try await scene.claim(10, budget(100)).count == 1)
            let after = try await scene.reopened()
            #expect(try await after.claim(10, budget(100)).isEmpty)
            #expect(try await after.claim(10, budget(128)).count == 1)
        },
        ConformanceCheck("D10 the largest possible amounts do not overflow") { scene in
            try await scene.add(count: 3, moving(.max))
            #expect(try await scene.claim(10, budget(.max - 1)).count == 1)
            #expect(try await scene.claim(10, budget(.max - 1)).isEmpty)
            #expect(try await scene.claim(10, budget(.max)).count == 2, "an axis without a limit")
        },
        ConformanceCheck("D10 a turn reports that load holds jobs back: the budget") { scene in
            try await scene.add(count: 2, moving(64))
            #expect(try await scene.turn(claiming: 10, budget(128)).isHeldByLoad == false)
            try await scene.add(moving(64))
            #expect(try await scene.turn(claiming: 10, budget(128)).isHeldByLoad)
            #expect(try await scene.turn(claiming: 10, budget(192)).isHeldByLoad == false)
        },
        ConformanceCheck("D9 a turn reports that load holds jobs back: the pressure") { scene in
            let id = try await scene.add(priority: .background)
            let strained = AdmissionRules.open.with { $0.leastPriority = .normal }
            #expect(try await scene.turn(claiming: 10, strained).isHeldByLoad)
            _ = try await scene.store.cancel(id, at: t(1))
            #expect(try await scene.turn(claiming: 10, strained).isHeldByLoad == false)
            try await scene.add("unnamed", priority: .idle)
            try await scene.add(JobSubmission(type: "work", priority: .idle, runAfter: t(99)))
            #expect(try await scene.turn(claiming: 10, strained).isHeldByLoad == false)
        },
    ]
}
