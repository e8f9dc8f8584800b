import QueueModel
import QueueStoreKit
import Testing

@testable import QueueStorage

@Suite("Lanes")
struct LaneTests {
    private let key = LaneKey(type: 1, group: 0, priority: 1)

    @Test("a lane gives its jobs in order, and asks the table when it has more than it holds")
    func order() {
        // A table that the lane stands before, in random order.
        let table = (1...2000).map { Int64($0) }
        var lane = Lane(key, isComplete: true)
        for id in table.shuffled() { _ = lane.insert(id) }
        var taken: [Int64] = []
        while taken.count < 2000 {
            if lane.needsRefill {
                let front = Array(table.dropFirst(taken.count).prefix(Lane.capacity))
                lane.refill(with: (front, areAll: front.count < Lane.capacity))
            }
            guard let head = lane.head else { break }
            taken.append(head)
            lane.removeHead()
        }
        #expect(taken == table)
        #expect(lane.head == nil && !lane.needsRefill)
    }

    @Test("a job that is taken out is not given")
    func removal() {
        var lane = Lane(key, isComplete: true)
        for id in 1...5 { _ = lane.insert(Int64(id)) }
        lane.remove(1)
        lane.remove(3)
        lane.remove(9)
        var taken: [Int64] = []
        while let head = lane.head {
            taken.append(head)
            lane.removeHead()
        }
        #expect(taken == [2, 4, 5])
    }

    @Test("a lane's key tells priority and size of IO apart from each other")
    func keys() {
        let size = IOSize(IOAmount(diskRead: .max, networkSent: .max))
        let key = LaneKey(type: 1, group: 2, priority: 255, io: Int64(size.rawValue))
        #expect(key.priority == 255 && key.io == size)
        #expect(key.with(priority: 0).priority == 0 && key.with(priority: 0).io == size)
        #expect(LaneKey(type: 1, group: 2, priority: 0) != LaneKey(type: 1, group: 2, priority: 0, io: 1))
    }

    @Test("lanes are listed by priority, the most urgent first")
    func priorities() {
        var lanes = LaneSet()
        for priority in [128, 0, 255, 128, 64] {
            _ = lanes.index(making: LaneKey(type: Int64(lanes.count), group: 0, priority: Int64(priority)))
        }
        #expect(lanes.byPriority.map(\.priority) == [0, 64, 128, 255])
        #expect(lanes.byPriority.map(\.lanes) == [[1], [4], [0, 3], [2]])
    }

    @Test("a heap gives the least first")
    func heap() {
        var heap = MinHeap<LaneEntry>()
        for id in (1...100).shuffled() {
            heap.insert(LaneEntry(place: Place(priority: 1, id: Int64(id)), lane: id))
        }
        var taken: [Int] = []
        while let top = heap.top {
            taken.append(top.lane)
            heap.removeTop()
        }
        #expect(taken == Array(1...100))
        #expect(heap.isEmpty)
    }

    @Test("D2 a thousand full groups do not keep another from being claimed, and are claimed when they have room")
    func fullGroups() async throws {
        let store = try await SQLiteJobStore(at: .memory)
        let worker = try await store.openWorker(lease: .seconds(60), at: HostTime(now))
        let rules = AdmissionRules(
            generation: 1, types: ["work": 0], domains: [DomainRule(name: "")], otherGroups: GroupRule(limit: 1))
        var batch: [JobSubmission] = []
        for group in 0..<1000 { for _ in 0..<2 { batch.append(JobSubmission(type: "work", group: "\(group)")) } }
        _ = try await store.submit(contentsOf: batch, at: now)
        let request = ClaimRequest(worker: worker, limit: 2000, rules: rules)
        let first = try await store.turn(finishing: [], claiming: request, at: now).claimed
        #expect(first.map(\.id.rawValue) == stride(from: 1, to: 2000, by: 2).map { Int64($0) })
        _ = try await store.submit(JobSubmission(type: "work", priority: .idle, group: "another"), at: now)
        #expect(try await store.turn(finishing: [], claiming: request, at: now).claimed.map(\.id) == [JobID(2001)])
        let done = Completion(
            id: first[500].id, attempt: 1, worker: worker, end: .success(output: nil), startedAt: now, endedAt: now)
        #expect(
            try await store.turn(finishing: [done], claiming: request, at: now).claimed.map(\.group) == ["500"])
        #expect(try await store.check() == [])
        await store.close()
    }
}
