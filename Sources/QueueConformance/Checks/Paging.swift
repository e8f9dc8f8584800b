import QueueModel
import QueueStoreKit
import Testing

enum PagingChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("Q1 pages follow each other without gaps or overlaps, in every order and size") { scene in
            for number in 0..<30 { try await scene.add(number.isMultiple(of: 2) ? "work" : "other") }
            // Pairs end at the same instant, not in the order of ids.
            for (index, record) in try await scene.claim(20, at: t(1)).reversed().enumerated() {
                try await scene.finish(record, at: t(Int64(10 + index / 2)))
            }
            for order in [JobQuery.Order.newestFirst, .oldestFirst, .lastFinishedFirst] {
                let whole = try await scene.store.jobs(JobQuery(order: order, limit: 10_000))
                #expect(whole.next == nil)
                #expect(whole.jobs.count == (order == .lastFinishedFirst ? 20 : 30))
                for size in [1, 2, 3, 7, 19, 20, 29, 30, 31] {
                    var query = JobQuery(order: order, limit: size)
                    var found: [JobID] = []
                    repeat {
                        let page = try await scene.store.jobs(query)
                        #expect(page.jobs.count <= size)
                        #expect(page.next == nil || page.jobs.count == size, "only the last page is not full")
                        found += page.jobs.map(\.id)
                        query.after = page.next
                    } while query.after != nil && found.count <= 30
                    #expect(found == whole.jobs.map(\.id), "\(order) in pages of \(size)")
                }
            }
        },
        ConformanceCheck("Q1 the last page is marked as the last, even if it is full") { scene in
            try await scene.add(count: 4)
            let first = try await scene.store.jobs(JobQuery(order: .oldestFirst, limit: 2))
            #expect(first.next != nil)
            let second = try await scene.store.jobs(JobQuery(order: .oldestFirst, limit: 2, after: first.next))
            #expect(second.jobs.count == 2)
            #expect(second.next == nil)
        },
        ConformanceCheck("Q1 a page continues where the previous one ended, even if that job is gone") { scene in
            for second in 1...4 as ClosedRange<Int64> {
                let id = try await scene.add()
                try await scene.run(id, at: t(second))
            }
            for order in [JobQuery.Order.newestFirst, .lastFinishedFirst] {
                let all = try await scene.store.jobs(JobQuery(order: order)).jobs.map(\.id)
                let first = try await scene.store.jobs(JobQuery(order: order, limit: 1))
                #expect(try await scene.store.deleteEnded(all[0]))
                let rest = try await scene.store.jobs(JobQuery(order: order, after: first.next))
                #expect(rest.jobs.map(\.id) == Array(all.dropFirst()))
            }
        },
        ConformanceCheck("Q1 pages of jobs in some states follow each other across wide gaps between ids") {
            scene in
            // Matching runs of one and of many, with gaps longer than a store may scan for the next match.
            let ids = try await scene.add(count: 600)
            let kept = Set(ids.filter { [0, 1, 2, 30, 31, 200, 590, 599].contains($0.rawValue - ids[0].rawValue) })
            for id in ids where !kept.contains(id) { _ = try await scene.store.cancel(id, at: t(1)) }
            for order in [JobQuery.Order.oldestFirst, .newestFirst] {
                for size in 1...3 {
                    var query = JobQuery(states: JobState.active, order: order, limit: size)
                    var found: [[JobID]] = [[], []]
                    repeat {
                        let page = try await scene.store.jobs(query)
                        let same = try await scene.store.ids(query)
                        #expect(same.next == page.next)
                        found[0] += page.jobs.map(\.id)
                        found[1] += same.ids
                        query.after = page.next
                    } while query.after != nil && found[0].count <= kept.count
                    let expected = order == .oldestFirst ? kept.sorted() : kept.sorted().reversed()
                    #expect(found == [expected, expected], "\(order) in pages of \(size)")
                }
            }
        },
        ConformanceCheck("Q1 jobs submitted between two pages shift nothing") { scene in
            let ids = try await scene.add(count: 4)
            let first = try await scene.store.jobs(JobQuery(limit: 2))
            try await scene.add(count: 3)
            let second = try await scene.store.jobs(JobQuery(limit: 2, after: first.next))
            #expect((first.jobs + second.jobs).map(\.id) == ids.reversed())
        },
        ConformanceCheck("Q1 conditions apply to every page") { scene in
            for number in 0..<20 { try await scene.add(number.isMultiple(of: 3) ? "other" : "work") }
            var query = JobQuery(types: ["other"], order: .oldestFirst, limit: 2)
            var found: [JobRecord] = []
            repeat {
                let page = try await scene.store.jobs(query)
                found += page.jobs
                query.after = page.next
            } while query.after != nil && found.count < 20
            #expect(found.count == 7)
            #expect(found.allSatisfy { $0.type == "other" })
        },
        ConformanceCheck("Q1 a count ignores pages") { scene in
            try await scene.add(count: 10)
            #expect(try await scene.store.count(JobQuery(limit: 3)) == 10)
        },
        ConformanceCheck("Q1 the limit of a page is between 1 and 10000") { scene in
            for limit in [0, -1, 10_001] {
                try await scene.refused(.invalidOption) { _ = try await scene.store.jobs(JobQuery(limit: limit)) }
            }
        },
    ]
}
