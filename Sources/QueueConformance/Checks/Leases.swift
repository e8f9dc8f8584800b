import QueueModel
import QueueStoreKit
import Testing

enum LeasesChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("L5 every worker has its own number, which is positive and never reused") { scene in
            let second = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
            try await scene.store.closeWorker(second, at: t(1))
            let third = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(2)))
            #expect(scene.worker.rawValue > 0)
            #expect(Set([scene.worker, second, third]).count == 3)
        },
        ConformanceCheck("L5 a held lease is renewed") { scene in
            let renewal = try await scene.store.renewLease(of: scene.worker, at: HostTime(t(500)))
            #expect(renewal == LeaseRenewal(isHeld: true))
        },
        ConformanceCheck("L5 a renewed lease lasts from its renewal") { scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            _ = try await scene.store.renewLease(of: scene.worker, at: HostTime(t(900)))
            #expect(try await scene.store.recover(at: HostTime(t(1800)), maximumCrashes: 3).isEmpty)
            try await scene.expect(id, is: .running)
            #expect(try await scene.store.recover(at: HostTime(t(1902)), maximumCrashes: 3).map(\.id) == [id])
        },
        ConformanceCheck("L5 a worker is not dead because its host slept: leases are measured in uptime") { scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            let renewal = HostTime(t(10), uptime: .seconds(100))
            #expect(try await scene.store.renewLease(of: scene.worker, at: renewal).isHeld)
            let afterSleep = HostTime(t(1_000_000), uptime: .seconds(100) + Scene.lease)
            #expect(try await scene.store.recover(at: afterSleep, maximumCrashes: 3).isEmpty)
            try await scene.expect(id, is: .running)
            let silent = HostTime(t(1_000_001), uptime: .seconds(101) + Scene.lease)
            #expect(try await scene.store.recover(at: silent, maximumCrashes: 3).map(\.id) == [id])
        },
        ConformanceCheck("L5 a silent worker is found dead even if the clock was set back") { scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            let other = try await scene.store.openWorker(
                lease: Scene.lease, at: HostTime(t(10), uptime: .seconds(100)))
            let before = HostTime(t(-1000), uptime: .seconds(102) + Scene.lease)
            #expect(try await scene.store.renewLease(of: scene.worker, at: before).isHeld)
            #expect(try await scene.store.recover(at: before, maximumCrashes: 3).isEmpty)
            try await scene.expect(id, is: .running)
            #expect(try await scene.store.renewLease(of: other, at: before).isHeld == false)
        },
        ConformanceCheck("L5 recovering a dead worker takes no jobs from a live one") { scene in
            let mine = try await scene.add()
            try await scene.claimOnly(mine)
            let short = try await scene.store.openWorker(lease: .seconds(10), at: HostTime(t(0)))
            let theirs = try await scene.add()
            try await scene.claimOnly(theirs, by: short)
            let changes = try await scene.store.recover(at: HostTime(t(100)), maximumCrashes: 3)
            #expect(changes.map(\.id) == [theirs])
            try await scene.expect(mine, is: .running)
            try await scene.expect(theirs, is: .pending)
        },
        ConformanceCheck("L5 an expired lease can be renewed until its jobs are recovered") { scene in
            let id = try await scene.add()
            let running = try await scene.claimOnly(id)
            #expect(try await scene.store.renewLease(of: scene.worker, at: HostTime(t(5000))).isHeld)
            #expect(try await scene.store.recover(at: HostTime(t(5001)), maximumCrashes: 3).isEmpty)
            #expect(try await scene.finish(running, at: t(5002)) == .recorded(.completed))
        },
        ConformanceCheck("L5 a worker whose jobs were recovered no longer holds its lease") { scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            _ = try await scene.store.recover(at: HostTime(t(2000)), maximumCrashes: 3)
            #expect(try await scene.store.renewLease(of: scene.worker, at: HostTime(t(2001))).isHeld == false)
        },
        ConformanceCheck("L5 a worker that never existed holds no lease") { (scene) async throws in
            #expect(try await scene.store.renewLease(of: WorkerID(rawValue: 77), at: HostTime(t(1))).isHeld == false)
        },
        ConformanceCheck("L5 a recovered worker claims nothing more") { scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            _ = try await scene.store.recover(at: HostTime(t(2000)), maximumCrashes: 3)
            let claimed = (try? await scene.claim(at: t(2001))) ?? []
            #expect(claimed.isEmpty, "it would run under a lease that nobody can lose")
            try await scene.expect(id, is: .pending)
        },
        ConformanceCheck("L3 a late completion of a recovered attempt is stale, even after the job was claimed again") {
            scene in
            let id = try await scene.add()
            let lost = try await scene.claimOnly(id)
            let next = try await scene.crashed(at: t(1)).scene
            #expect(try await scene.finish(lost, at: t(2001)) == .stale)
            let again = try await next.claimOnly(id, at: t(2002))
            #expect(again.attempt == 2)
            #expect(try await scene.finish(lost, at: t(2003)) == .stale)
            #expect(try await next.finish(again, at: t(2004)) == .recorded(.completed))
        },
        ConformanceCheck("L1 closing a worker releases its running jobs") { scene in
            let ids = try await scene.add(count: 2)
            let running = try await scene.claim()
            try await scene.store.closeWorker(scene.worker, at: t(5))
            for id in ids {
                let record = try await scene.record(id)
                #expect(record.state == .pending)
                #expect(record.retries == 0)
                #expect(record.crashes == 0)
                #expect(try await scene.store.attempts(of: id).first?.endedAt == t(5))
            }
            #expect(try await scene.finish(running[0], at: t(6)) == .stale)
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(7)))
            #expect(try await scene.claim(by: other, at: t(8)).map(\.id) == ids)
        },
        ConformanceCheck("E6 closing a worker ends those of its jobs as cancelled that were asked to stop") { scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            _ = try await scene.store.cancel(id, at: t(2))
            try await scene.store.closeWorker(scene.worker, at: t(3))
            try await scene.expect(id, is: .cancelled)
        },
        ConformanceCheck("L5 a closed worker holds no lease, and closing it again changes nothing") { scene in
            try await scene.store.closeWorker(scene.worker, at: t(1))
            #expect(try await scene.store.renewLease(of: scene.worker, at: HostTime(t(2))).isHeld == false)
            try await scene.store.closeWorker(scene.worker, at: t(3))
        },
        ConformanceCheck("E6 a renewal names the worker's jobs that were asked to stop, and no others") { scene in
            let ids = try await scene.add(count: 3)
            try await scene.claim(2)
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
            try await scene.claim(1, by: other)
            _ = try await scene.store.cancel(ids[1], at: t(2))
            _ = try await scene.store.cancel(ids[2], at: t(2))
            #expect(try await scene.store.renewLease(of: scene.worker, at: HostTime(t(3))).cancelRequested == [ids[1]])
            #expect(try await scene.store.renewLease(of: other, at: HostTime(t(3))).cancelRequested == [ids[2]])
        },
        ConformanceCheck("L5 a lease is kept when the store is reopened", requires: .persistent) {
            scene in
            let id = try await scene.add()
            let running = try await scene.claimOnly(id)
            let after = try await scene.reopened()
            #expect(try await after.store.renewLease(of: scene.worker, at: HostTime(t(2))).isHeld)
            #expect(try await after.finish(running, at: t(3)) == .recorded(.completed))
        },
    ]
}
