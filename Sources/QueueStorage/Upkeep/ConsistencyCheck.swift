import QueueModel
import QueueStoreKit

/// Looks for stored data that contradicts itself.
struct ConsistencyCheck {
    let session: Session

    init(_ session: Session) { self.session = session }

    /// Returns the faults in the stored data, one sentence each.
    func run() throws(QueueError) -> [String] {
        var wrong: [String] = []
        // Other objects may need functions that this connection does not have, and are not the queue's concern.
        let hasGuests = try SchemaCheck.hasGuests(on: session.connection)
        let parts = hasGuests ? SchemaCheck.ownTables.map { "'\($0)'" } : ["100"]
        for part in parts {
            for line in try session.connection.texts("PRAGMA main.integrity_check(\(part))") where line != "ok" {
                wrong.append(line)
            }
        }
        // A damaged file gives no reliable answers to the queries below.
        if !wrong.isEmpty { return wrong }
        for (sentence, sql) in Self.rules {
            for id in try session.connection.texts("\(sql) LIMIT 1000") { wrong.append("#\(id) \(sentence)") }
        }
        wrong += try ScheduleReader(session).faults()
        wrong += try rowFaults()
        let listed = Set(try session.running().map(\.id))
        let present = Set(try session.connection.texts(Self.runningJobs.string).compactMap { Int64($0) })
        for id in present.subtracting(listed).sorted() { wrong.append("#\(id) runs and its worker does not list it") }
        for id in listed.subtracting(present).sorted() { wrong.append("#\(id) is listed by a worker and does not run") }
        return wrong
    }

    /// Returns rows that can't be read or contradict each other, one sentence each, at most about a thousand.
    private func rowFaults() throws(QueueError) -> [String] {
        var wrong: [String] = []
        var last = Int64.min
        let connection = session.connection
        let edge = try Statement("SELECT 1 FROM dependency WHERE on_job = ?1 AND job = ?2", on: connection)
        let found = try Statement("SELECT 1 FROM tag WHERE key = ?1 AND value = ?2 AND job = ?3", on: connection)
        let listed = try Statement("SELECT count(*) FROM tag", on: connection)
        var tags: Int64 = 0
        var isComplete = true
        while true {
            if wrong.count >= 1000 { return wrong }
            // No statement stays open while rows are read, since one may be unreadable.
            let page = try Statement("SELECT id FROM job WHERE id > \(last) ORDER BY id LIMIT 1000", on: connection)
            var ids: [Int64] = []
            while try page.step() { ids.append(page.int64(0)) }
            guard let end = ids.last else { break }
            last = end
            for id in ids {
                do throws(QueueError) {
                    for tag in try session.record(id)?.tags ?? [] {
                        found.bind(tag.key, at: 1)
                        found.bind(tag.value, at: 2)
                        found.bind(id, at: 3)
                        if try found.step() { tags += 1 } else { wrong.append("#\(id) is not found by a tag of it") }
                        found.reset()
                    }
                    for other in try session.dependencies(of: id) {
                        edge.bind(other, at: 1)
                        edge.bind(id, at: 2)
                        if !(try edge.step()) { wrong.append("#\(id) depends on #\(other), which does not know of it") }
                        edge.reset()
                    }
                } catch {
                    guard error.code == .invalidRow else { throw error }
                    isComplete = false
                    wrong.append("#\(id): \(error.message)")
                }
            }
        }
        _ = try listed.step()
        if isComplete, listed.int64(0) != tags {
            wrong.append("Jobs have \(tags) tags, and \(listed.int64(0)) are there to find them by")
        }
        return wrong
    }

    /// Sentences that must not be true of a job, each with the query for the ids of the jobs that it is true of.
    private static let rules: [(String, SQLText)] = [
        ("has an unknown state", "SELECT id FROM job WHERE state NOT IN (\(allStates))"),
        (
            "is active and ended at once",
            "SELECT id FROM job WHERE (live IS NOT NULL) <> (state < \(state: .completed))"
        ),
        ("has an unknown type", "SELECT id FROM job WHERE type NOT IN (SELECT id FROM job_type)"),
        ("has an unknown group", "SELECT id FROM job WHERE grp <> 0 AND grp NOT IN (SELECT id FROM job_group)"),
        (
            "runs without a worker",
            "SELECT id FROM job WHERE state = \(state: .running) AND worker NOT IN (SELECT id FROM worker)"
        ),
        ("runs without an attempt", "SELECT id FROM job WHERE state = \(state: .running) AND attempt < 1"),
        (
            "is a suspect and not kept apart",
            "SELECT id FROM job JOIN job_extra ON job = id WHERE state = \(state: .ready) AND crashes > 1"
        ),
        (
            "is kept apart and no suspect",
            """
            SELECT id FROM job LEFT JOIN job_extra ON job = id
            WHERE state = \(state: .suspect) AND coalesce(crashes, 0) < 2
            """
        ),
        (
            "is a suspect and not marked as one, or marked and none",
            """
            SELECT id FROM job LEFT JOIN job_extra ON job = id
            WHERE live = 1 AND (flags & \(flags: .isSuspect) <> 0) <> (coalesce(crashes, 0) > 1)
            """
        ),
        (
            "has a number, a priority, a size of IO or counts of attempts that there are not",
            """
            SELECT id FROM job
            WHERE id NOT BETWEEN 1 AND \(StoredRow.ids.upperBound - 1) OR typeof(priority) <> 'integer'
            OR attempt NOT BETWEEN 0 AND \(StoredRow.counts.upperBound)
            OR retries NOT BETWEEN 0 AND \(StoredRow.counts.upperBound)
            OR priority NOT BETWEEN 0 AND \(UInt8.max) OR typeof(io_size) <> 'integer'
            OR io_size NOT BETWEEN 0 AND \(UInt32.max)
            """
        ),
        ("is scheduled without a start", "SELECT id FROM job WHERE state = \(state: .scheduled) AND run_after IS NULL"),
        (
            "is blocked by nothing",
            """
            SELECT id FROM job WHERE state = \(state: .blocked) AND open_dependencies = 0
            """
        ),
        (
            "counts its dependencies wrong",
            """
            WITH edge AS (SELECT dependency.job, sum(other.id IS NULL) AS gone, sum(coalesce(other.live = 1
            OR other.state > \(state: .completed) AND mine.flags & \(flags: .policy(.ignore)) = 0, 0)) AS least
            FROM dependency JOIN job AS mine ON mine.id = dependency.job LEFT JOIN job AS other ON other.id = on_job
            GROUP BY dependency.job)
            SELECT id FROM job LEFT JOIN edge ON edge.job = id WHERE live = 1
            AND open_dependencies NOT BETWEEN coalesce(least, 0) AND coalesce(least + gone, 0)
            """
        ),
        (
            "lists other dependencies than those that know of it",
            """
            WITH edge AS (SELECT job, count(*) AS number FROM dependency GROUP BY job)
            SELECT id FROM job LEFT JOIN job_extra ON job_extra.job = id LEFT JOIN edge ON edge.job = id
            WHERE coalesce(length(job.dependencies), length(job_extra.dependencies), 0) <> 8 * coalesce(number, 0)
            """
        ),
        (
            "waits for no child",
            """
            SELECT id FROM job LEFT JOIN job_extra ON job = id
            WHERE state = \(state: .waiting) AND coalesce(open_children, 0) = 0
            """
        ),
        (
            "counts its children wrong",
            """
            SELECT id FROM job LEFT JOIN job_extra ON job_extra.job = id
            WHERE live = 1 AND coalesce(open_children, 0) <>
            (SELECT count(*) FROM child JOIN job AS mine ON mine.id = child.job
             WHERE child.parent = job.id AND mine.live = 1)
            """
        ),
        (
            "is not among the children of its parent",
            """
            SELECT job FROM job_extra WHERE parent IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM child WHERE child.parent = job_extra.parent AND child.job = job_extra.job)
            """
        ),
        (
            "is among the children of another than its parent",
            """
            SELECT child.job FROM child LEFT JOIN job_extra ON job_extra.job = child.job
            WHERE job_extra.parent IS NOT child.parent
            """
        ),
        (
            "has an attempt above its last",
            """
            SELECT id FROM job WHERE EXISTS
            (SELECT 1 FROM attempt WHERE attempt.job = job.id AND attempt.number > job.attempt)
            """
        ),
        (
            "has a payload elsewhere than its flags say",
            """
            SELECT id FROM job WHERE (flags & \(flags: .hasLargePayload) <> 0)
            <> (id IN (SELECT payload.job FROM payload))
            """
        ),
        (
            "has dependencies and its flags say none, or the reverse",
            """
            SELECT id FROM job LEFT JOIN job_extra ON job_extra.job = id
            WHERE (flags & \(flags: .hasDependencies) <> 0)
            <> (coalesce(length(job.dependencies), length(job_extra.dependencies), 0) > 0)
            """
        ),
        (
            "has a parent and its flags say none, or the reverse",
            """
            SELECT id FROM job LEFT JOIN job_extra ON job_extra.job = id
            WHERE (flags & \(flags: .hasParent) <> 0) <> (parent IS NOT NULL)
            """
        ),
        (
            "waits for children and its flags say none",
            "SELECT id FROM job WHERE state = \(state: .waiting) AND flags & \(flags: .hasChildren) = 0"
        ),
        (
            "is gone, and its payload is not",
            "SELECT payload.job FROM payload WHERE payload.job NOT IN (SELECT id FROM job)"
        ),
        (
            "has more to it than its flags say, or less",
            """
            SELECT id FROM job
            WHERE (flags & \(flags: .hasExtra) <> 0) <> (id IN (SELECT job_extra.job FROM job_extra))
            """
        ),
        ("is gone, and what few have is not", "SELECT job FROM job_extra WHERE job NOT IN (SELECT id FROM job)"),
        ("has no payload", "SELECT id FROM job WHERE payload IS NULL AND id NOT IN (SELECT job FROM payload)"),
        ("is gone, and an attempt is not", "SELECT DISTINCT job FROM attempt WHERE job NOT IN (SELECT id FROM job)"),
        ("is gone, and a tag is not", "SELECT DISTINCT job FROM tag WHERE job NOT IN (SELECT id FROM job)"),
        (
            "is gone, and a dependency of it is not",
            "SELECT DISTINCT job FROM dependency WHERE job NOT IN (SELECT id FROM job)"
        ),
        (
            "was given an id that may be given again",
            "SELECT value FROM counter WHERE name = 'worker' AND value < (SELECT max(id) FROM worker)"
        ),
    ]

    private static let runningJobs: SQLText = "SELECT id FROM job WHERE state = \(state: .running)"

    private static let allStates: SQLText = StoredState.allCases.map { "\(state: $0)" }.joined(separator: ", ")
}
