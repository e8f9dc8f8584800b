import Millrace
import QueueStoreKit

/// The state that a queue's file has after a ``QueueScript``.
struct QueueState: Sendable {
    /// The states of the jobs with a label.
    private var states: [String: JobState] = [:]
    /// The jobs with a label.
    private(set) var ids: [String: JobID] = [:]
    private var completed: Set<JobID> = []
    /// Returns the faults that do not depend on observations.
    private(set) var problems: [String] = []

    /// Reads a store.
    init(of store: SQLiteJobStore) async throws {
        problems = try await store.check()
        let page = try await store.jobs(JobQuery(order: .oldestFirst, limit: JobQuery.limits.upperBound))
        let rows = try await store.withUserTables { connection in
            try connection.execute("CREATE TABLE IF NOT EXISTS payment(job INTEGER)")
            return try connection.rows("SELECT job, count(*) FROM payment GROUP BY job").map {
                ($0[0].integer ?? 0, $0[1].integer ?? 0)
            }
        }
        let counts = Dictionary(rows, uniquingKeysWith: +)
        for record in page.jobs {
            guard let label = record.label else { continue }
            if states[label] != nil { problems.append("\(label) is there twice") }
            states[label] = record.state
            ids[label] = record.id
            if record.state == .completed { completed.insert(record.id) }
            let count = counts[record.id.rawValue] ?? 0
            // The completion and what it pays are one transaction (rule E8).
            let wanted = label.hasPrefix("paying") && record.state == .completed ? 1 : 0
            if count != wanted { problems.append("\(label) is \(record.state) and has \(count) payments") }
        }
        let parents = page.jobs.filter { $0.label?.hasPrefix("parent") == true }
        for parent in parents {
            let children = page.jobs.filter { $0.parent == parent.id }
            let isComplete = children.count == 2 && children.allSatisfy { $0.state == .completed }
            if children.count != 2 && !children.isEmpty || parent.state == .completed && !isComplete {
                problems.append("\(parent.label ?? "") is \(parent.state) and has children \(children.map(\.state))")
            }
        }
    }

    /// Whether the file has what an entry says.
    func has(_ entry: Ledger.Entry) -> Bool {
        switch entry {
        case .submitting(let label), .submitted(let label): states[label] != nil
        case .completing(let label): states[label] == .completed
        case .completed(let id): completed.contains(id)
        }
    }

    /// Jobs that are not completed.
    var unfinished: [String] { states.filter { $0.value != .completed }.keys.sorted() }
    /// The number of jobs with a label.
    var count: Int { states.count }
}
