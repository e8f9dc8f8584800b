import QueueModel
import QueueStoreKit
import Testing

/// Jobs that wait for each other, and a count of what a search looked at.
private struct Graph {
    var waits: [JobID: [JobID]] = [:]
    var waiters: [JobID: [JobID]] = [:]

    mutating func add(_ job: Int64, waitsFor other: Int64) {
        waits[JobID(job), default: []].append(JobID(other))
        waiters[JobID(other), default: []].append(JobID(job))
    }

    /// The path, and how many jobs and edges the search looked at.
    func search(from starts: [Int64], to goal: Int64) throws -> (path: [Int64]?, cost: Int) {
        var cost = 0
        let path = try waitPath(
            from: starts.map { JobID($0) }, to: JobID(goal),
            waits: { job in
                cost += 1 + (waits[job]?.count ?? 0)
                return waits[job] ?? []
            },
            waiters: { job in
                cost += 1 + (waiters[job]?.count ?? 0)
                return waiters[job] ?? []
            })
        return (path?.map(\.rawValue), cost)
    }

    /// Whether a job is reached from another, by going through everything.
    func reaches(_ start: Int64, _ goal: Int64) -> Bool {
        var seen: Set<JobID> = []
        var open = [JobID(start)]
        while let job = open.popLast() {
            if job == JobID(goal) { return true }
            if seen.insert(job).inserted { open += waits[job] ?? [] }
        }
        return false
    }
}

@Suite("Ways of waiting") struct WaitPathTests {
    @Test("D11 a way is found if and only if there is one, and each job on it waits for the next", arguments: 0..<40)
    func random(seed: UInt64) throws {
        var random = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next(_ bound: UInt64) -> Int64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64((random >> 33) % bound)
        }
        var graph = Graph()
        let edges = 5 + next(40)
        for _ in 0..<edges { graph.add(next(20), waitsFor: next(20)) }
        var found = 0
        for start in Int64(0)..<20 {
            for goal in Int64(0)..<20 {
                let path = try graph.search(from: [start], to: goal).path
                #expect((path != nil) == graph.reaches(start, goal), "from \(start) to \(goal)")
                guard let path else { continue }
                found += 1
                #expect(path.first == start)
                #expect(path.last == goal)
                for (job, other) in zip(path, path.dropFirst()) {
                    #expect(graph.waits[JobID(job)]?.contains(JobID(other)) ?? false)
                }
                #expect(Set(path).count == path.count)
            }
        }
        #expect(found >= 20, "each reaches itself")
    }

    @Test("D11 the first of several starts that reaches the goal is on the path")
    func starts() throws {
        var graph = Graph()
        graph.add(2, waitsFor: 3)
        graph.add(3, waitsFor: 9)
        #expect(try graph.search(from: [1, 2], to: 9).path == [2, 3, 9])
        #expect(try graph.search(from: [], to: 9).path == nil)
    }

    @Test("D11 a job that nobody waits for is found out at once, however much the other waits for")
    func nobodyWaits() throws {
        var graph = Graph()
        for job in Int64(1)..<100_000 { graph.add(job, waitsFor: job + 1) }
        #expect(try graph.search(from: [1], to: 0).cost <= 4)
        #expect(try graph.search(from: [0], to: 1).cost <= 2)
    }

    @Test("D11 a search costs no more than twice its smaller side and one job more")
    func smallerSide() throws {
        var graph = Graph()
        for job in Int64(1)..<10_000 { graph.add(job, waitsFor: job + 1) }
        // Ten jobs wait for the goal, one behind the other.
        for job in Int64(20_000)..<20_010 { graph.add(job, waitsFor: job + 1) }
        let (path, cost) = try graph.search(from: [1], to: 20_010)
        #expect(path == nil)
        #expect(cost <= 2 * 21 + 4)
    }

    @Test("D11 a long way is found, and needs no stack")
    func longWay() throws {
        var graph = Graph()
        for job in Int64(0)..<50_000 { graph.add(job, waitsFor: job + 1) }
        #expect(try graph.search(from: [0], to: 50_000).path == Array(0...50_000))
    }
}
