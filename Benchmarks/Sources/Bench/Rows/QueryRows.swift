import Floors
import QueueDispatch
import QueueModel

extension Row {
    /// Rows that read what is there, each over three sizes.
    static let queryRows: [Row] = [100, 1000, 5000].flatMap { size in
        let ids = size * (size + 1) / 2
        return [
            query("query_by_tags", size, FLOOR_JOBS_BY_TAG, times: 10, rows: size, sum: ids),
            query("query_ids_by_tags", size, FLOOR_IDS_BY_TAG, times: 10, rows: size, sum: ids),
            query("count_by_tags", size, FLOOR_COUNT_BY_TAG, times: 100, rows: 1, sum: size),
            query("tag_values", size, FLOOR_TAG_VALUES, times: 10, rows: 10, sum: size),
            query("history_query", size, FLOOR_HISTORY, times: 100, rows: 50, sum: sumOfLast(50, of: size, every: 1)),
            query("history_stats", size, FLOOR_TYPE_STATISTICS, times: 1000, rows: 1, sum: size / 5),
            query(
                "history_by_type", size, FLOOR_HISTORY_BY_TYPE, times: 100, rows: min(100, size / 5),
                sum: sumOfLast(min(100, size / 5), of: size, every: 5)),
        ]
    }

    /// The sum of the last ids, where every so many-th belongs to the type that is asked for.
    private static func sumOfLast(_ count: Int, of size: Int, every step: Int) -> Int {
        (0..<count).reduce(0) { $0 + size - step + 1 - $1 * step }
    }

    /// A query that finds so many rows, so many times over.
    private static func query(
        _ base: String, _ size: Int, _ kind: floor_query, times: Int, rows: Int, sum: Int
    ) -> Row {
        let name = "\(base)/\(size)"
        let expected = floor_found(rows: Int64(rows), sum: Int64(sum))
        return Row(
            name: name, jobs: times, subject: subject(name, kind, size: size, times: times, expecting: expected),
            references: [floor(name, kind, size: size, times: times, expecting: expected)])
    }

    /// The queue's answer; nil for what it can't be asked.
    private static func subject(
        _ name: String, _ kind: floor_query, size: Int, times: Int, expecting expected: floor_found
    ) -> Workload? {
        let tagged = JobQuery(tags: [TaggedJobs.common], order: .oldestFirst, limit: size)
        switch kind {
        case FLOOR_JOBS_BY_TAG:
            return answer(name, times: times, expecting: expected, filling: { try await TaggedJobs.fill($0, size) }) {
                let jobs = try await $0.queue.jobs(tagged).jobs
                return floor_found(rows: Int64(jobs.count), sum: jobs.reduce(0) { $0 + $1.id.rawValue })
            }
        case FLOOR_IDS_BY_TAG:
            return answer(name, times: times, expecting: expected, filling: { try await TaggedJobs.fill($0, size) }) {
                let ids = try await $0.queue.inspector.ids(tagged).ids
                return floor_found(rows: Int64(ids.count), sum: ids.reduce(0) { $0 + $1.rawValue })
            }
        case FLOOR_TAG_VALUES:
            return answer(name, times: times, expecting: expected, filling: { try await TaggedJobs.fill($0, size) }) {
                let values = try await $0.queue.inspector.tagValues(of: TaggedJobs.valued)
                return floor_found(rows: Int64(values.count), sum: Int64(values.reduce(0) { $0 + $1.count }))
            }
        case FLOOR_COUNT_BY_TAG:
            return answer(name, times: times, expecting: expected, filling: { try await TaggedJobs.fill($0, size) }) {
                floor_found(rows: 1, sum: Int64(try await $0.queue.count(tagged)))
            }
        case FLOOR_HISTORY:
            return ended(name, JobQuery(order: .lastFinishedFirst, limit: 50), size, times, expected)
        case FLOOR_HISTORY_BY_TYPE:
            // The first of the types in turn is that of every fifth job from the first on.
            let query = JobQuery(types: [EndedJobs.types[0]], order: .lastFinishedFirst, limit: 100)
            return ended(name, query, size, times, expected)
        case FLOOR_TYPE_STATISTICS:
            return answer(name, times: times, expecting: expected, filling: { try await EndedJobs.fill($0, size) }) {
                let statistics = try await $0.queue.inspector.statistics(of: EndedJobs.types[0])
                return floor_found(rows: statistics == nil ? 0 : 1, sum: Int64(statistics?.ended.terminal ?? 0))
            }
        default:
            return nil
        }
    }

    private static func ended(
        _ name: String, _ query: JobQuery, _ size: Int, _ times: Int, _ expected: floor_found
    ) -> Workload {
        answer(name, times: times, expecting: expected, filling: { try await EndedJobs.fill($0, size) }) {
            let jobs = try await $0.queue.jobs(query).jobs
            return floor_found(rows: Int64(jobs.count), sum: jobs.reduce(0) { $0 + $1.id.rawValue })
        }
    }

    private static func answer(
        _ name: String, times: Int, expecting expected: floor_found,
        filling fill: @escaping @Sendable (Subject) async throws -> Void,
        ask: @escaping @Sendable (Subject) async throws -> floor_found
    ) -> Workload {
        Workload(name: name) { place in
            let subject = try await Subject(place)
            try await fill(subject)
            var found = floor_found()
            return Iteration(
                run: { for _ in 0..<times { found = try await ask(subject) } },
                finish: {
                    try Mismatch.check("rows found", expected: expected.rows, found: found.rows)
                    try Mismatch.check("sum of the first column", expected: expected.sum, found: found.sum)
                    await subject.queue.close()
                    return [:]
                })
        }
    }

    private static func floor(
        _ row: String, _ kind: floor_query, size: Int, times: Int, expecting expected: floor_found
    ) -> Workload {
        let onHistory = [FLOOR_HISTORY, FLOOR_HISTORY_BY_TYPE, FLOOR_TYPE_STATISTICS].contains(kind)
        let features: [floor_features] =
            switch kind {
            case FLOOR_HISTORY: [FLOOR_FINISHED]
            case FLOOR_HISTORY_BY_TYPE: [FLOOR_FINISHED_BY_TYPE]
            case FLOOR_TYPE_STATISTICS: [FLOOR_STATISTICS]
            default: [FLOOR_TAGS]
            }
        return Workload(name: "floor/\(row)") { place in
            let store = try FloorStore(place, features: features)
            try store { onHistory ? floor_fill_history($0, Int32(size)) : floor_fill_tagged($0, Int32(size)) }
            var found = floor_found()
            return Iteration(
                run: { try store { floor_run_query($0, kind, Int32(times), &found) } },
                finish: {
                    try Mismatch.check("rows found", expected: expected.rows, found: found.rows)
                    try Mismatch.check("sum of the first column", expected: expected.sum, found: found.sum)
                    return [:]
                })
        }
    }
}
