import QueueModel
import QueueStoreKit
import Testing

enum QueryingChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("Q1 a query without conditions matches all jobs, the newest first") { scene in
            let ids = try await population(in: scene)
            let page = try await scene.store.jobs(JobQuery())
            #expect(page.jobs.map(\.id) == ids.reversed())
            #expect(page.next == nil)
        },
        ConformanceCheck("Q1 each condition is correct by itself") { scene in
            _ = try await population(in: scene)
            let all = try await scene.store.jobs(JobQuery(order: .oldestFirst)).jobs
            for filter in QueryFilter.all(of: all) { try await expectRight(filter, all, in: scene) }
        },
        ConformanceCheck("Q1 any two conditions are correct together") { scene in
            _ = try await population(in: scene)
            let all = try await scene.store.jobs(JobQuery(order: .oldestFirst)).jobs
            let filters = QueryFilter.all(of: all)
            for (index, first) in filters.enumerated() {
                for second in filters[(index + 1)...] where second.field != first.field {
                    try await expectRight(first.and(second), all, in: scene)
                }
            }
        },
        ConformanceCheck("Q1 all conditions together are correct") { scene in
            _ = try await population(in: scene)
            let all = try await scene.store.jobs(JobQuery(order: .oldestFirst)).jobs
            let filters = QueryFilter.all(of: all)
            for first in filters {
                // Few jobs meet many conditions, so the other values are taken from a job that meets the first.
                for record in all.filter(first.matches).prefix(2) {
                    let others = filters.filter { $0.field != first.field && $0.matches(record) }
                    var fields: Set = [first.field]
                    let one = others.filter { fields.insert($0.field).inserted }
                    try await expectRight(one.reduce(first) { $0.and($1) }, all, in: scene)
                }
            }
        },
        ConformanceCheck("Q1 every order is correct") { scene in
            let ids = try await population(in: scene)
            #expect(try await scene.store.jobs(JobQuery(order: .oldestFirst)).jobs.map(\.id) == ids)
            let finished = try await scene.store.jobs(JobQuery(order: .lastFinishedFirst)).jobs
            #expect(finished.allSatisfy { $0.state.isTerminal }, "only ended jobs have an end to order by")
            let counts = try await scene.store.counts()
            #expect(finished.count == counts.terminal)
            let keys = finished.map { ($0.finishedAt ?? .distantPast, $0.id) }
            #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 > $1 }, "by the end, then by id, both downwards")
        },
        ConformanceCheck("Q1 percent signs, underscores and case have no special meaning in a query") { scene in
            let id = try await scene.add(
                JobSubmission(type: "a_c.x", group: "50%", label: "l", tags: [Tag("K", "V%")]))
            try await scene.add(JobSubmission(type: "abc.x", group: "50x", tags: [Tag("k", "v1")]))
            for query in [
                JobQuery(domain: "a_c"), JobQuery(group: "50%"), JobQuery(tags: [Tag("K", "V%")]),
                JobQuery(types: ["a_c.x"]),
            ] {
                #expect(try await scene.store.jobs(query).jobs.map(\.id) == [id], "\(query)")
            }
            for query in [JobQuery(domain: "A_C"), JobQuery(group: "50"), JobQuery(tags: [Tag("k", "V%")])] {
                #expect(try await scene.store.count(query) == 0, "\(query)")
            }
        },
        ConformanceCheck("Q1 a domain matches the types below its name, not those that only begin with it") {
            scene in
            let inside = [try await scene.add("m.a"), try await scene.add("m.b.c")]
            try await scene.add("m")
            try await scene.add("mm.a")
            try await scene.add("n.m.a")
            #expect(try await scene.store.jobs(JobQuery(domain: "m", order: .oldestFirst)).jobs.map(\.id) == inside)
        },
        ConformanceCheck("Q1 a query by a name that was never used finds nothing") { scene in
            try await scene.add(group: "g")
            let queries = [
                JobQuery(types: ["unheard"]), JobQuery(domain: "unheard"), JobQuery(group: "unheard"),
                JobQuery(tags: [Tag("unheard", "")]), JobQuery(key: .text("unheard")), JobQuery(parent: JobID(77)),
            ]
            for query in queries {
                #expect(try await scene.store.jobs(query).jobs.isEmpty, "\(query)")
                #expect(try await scene.store.count(query) == 0, "\(query)")
            }
        },
        ConformanceCheck("Q1 a key finds the jobs that had it, and the one that has it") { scene in
            let old = try await scene.ended(.completed, .keyed("k", "ended"))
            let new = try await scene.add(.keyed("k", "ended"))
            #expect(try await scene.store.jobs(JobQuery(key: .text("k"))).jobs.map(\.id) == [new, old])
            #expect(try await scene.store.jobs(JobQuery(states: [.pending], key: .text("k"))).jobs.map(\.id) == [new])
        },
        ConformanceCheck("Q1 a query sees the current state of a job, not an earlier one") { scene in
            let id = try await scene.add()
            #expect(try await scene.store.count(JobQuery(states: [.pending])) == 1)
            let running = try await scene.claimOnly(id)
            #expect(try await scene.store.count(JobQuery(states: [.pending])) == 0)
            #expect(try await scene.store.count(JobQuery(states: [.running])) == 1)
            try await scene.finish(running)
            #expect(try await scene.store.count(JobQuery(states: [.running])) == 0)
            #expect(try await scene.store.count(JobQuery(states: [.completed])) == 1)
        },
        ConformanceCheck("Q1 many concurrent callers read what was stored before they asked") { scene in
            let ids = try await scene.add(count: 20)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in ids {
                    group.addTask {
                        let record = try await scene.store.job(id)
                        let count = try await scene.store.count(JobQuery(states: [.pending]))
                        #expect(record?.id == id)
                        #expect(count == 20)
                    }
                }
                try await group.waitForAll()
            }
        },
    ]

    /// Submits jobs that differ in every property of a query, with several in each easily reached state.
    private static func population(in scene: Scene) async throws -> [JobID] {
        var ids: [JobID] = []
        for number in 0..<40 {
            let tags =
                [Tag("n", "\(number % 4)"), Tag("even", "\(number.isMultiple(of: 2))")].prefix(number % 3)
            let submission = JobSubmission(
                type: ["m.a", "m.b", "n.a", "plain"][number % 4], payload: [UInt8(number)],
                priority: [.high, .normal, .background, 130][number / 4 % 4],
                group: [nil, "g", "h"][number % 3], key: number % 5 == 0 ? .text("key \(number)") : nil,
                tags: Array(tags), parent: number > 30 && number.isMultiple(of: 3) ? ids[1] : nil, failFast: false)
            ids.append(try await scene.add(submission, at: t(Int64(number / 3))))
        }
        let rules = AdmissionRules(
            generation: .max - 1, types: ["m.a": 0, "m.b": 0, "n.a": 0, "plain": 0], domains: [DomainRule(name: "")])
        let claimed = try await scene.claim(24, rules, at: t(100))
        let ends: [Completion.End] = [
            .success(output: nil), .failure(.permanent), .deadLetter(.passing), .cancelled(.stopped),
            .retry(at: t(500), .passing),
        ]
        for (index, record) in claimed.enumerated().dropLast(4) {
            try await scene.finish(record, ends[index % 5], at: t(Int64(110 + index / 2)))
        }
        return ids
    }

    /// Compares the result of a query, in every order, and its count with the filter's own result.
    private static func expectRight(_ filter: QueryFilter, _ all: [JobRecord], in scene: Scene) async throws {
        var query = JobQuery()
        filter.apply(&query)
        let expected = all.filter(filter.matches)
        for order in [JobQuery.Order.newestFirst, .oldestFirst, .lastFinishedFirst] {
            query.order = order
            let wanted = order.sorted(expected).map(\.id)
            let found = try await scene.store.jobs(query).jobs.map(\.id)
            #expect(found == wanted, "\(filter.name), \(order)")
            #expect(try await ids(query, in: scene) == wanted, "the ids alone by \(filter.name), \(order)")
            #expect(try await scene.store.count(query) == wanted.count, "the number by \(filter.name), \(order)")
        }
    }

    /// Returns the ids that match a query, in pages of seven.
    private static func ids(_ query: JobQuery, in scene: Scene) async throws -> [JobID] {
        var query = query
        query.limit = 7
        var ids: [JobID] = []
        repeat {
            let page = try await scene.store.ids(query)
            ids += page.ids
            query.after = page.next
        } while query.after != nil
        return ids
    }
}
