import QueueModel
import Testing

@testable import QueueStorage

@Suite("Query plans")
struct QueryPlanTests {
    private func plan(_ sql: String, on connection: Connection) throws -> String {
        let statement = try Statement("EXPLAIN QUERY PLAN \(sql)", on: connection, persistent: false)
        var lines: [String] = []
        while try statement.step() { lines.append(statement.text(3)) }
        return lines.joined(separator: "; ")
    }

    private static let hot: [SQL] = [
        .nextLane, .nextReadyType, .readyOfType, .laneFront, .lastJob, .insertJob, .insertExtra, .jobWithKey,
        .record, .extra, .payload, .head, .headExtra, .setState, .setPriority, .start, .complete, .completeStarted,
        .completeWithExtra, .failInPlace, .failAndRetry, .failForGood, .noteFailure, .reportExtra, .noteEnd,
        .requeue, .goOn, .end, .due, .nextDue, .dependenciesOf, .manyDependenciesOf, .setDependencies,
        .setManyDependencies, .deleteDependency, .dependentsOf, .openDependentsOf, .waitingFor, .unblock,
        .setOpenDependencies, .lastAwaited, .stateOf, .parentOf, .insertDependency, .childrenOf, .childEnded,
        .attemptsOf, .attemptOf, .setRunning, .finishedFirst, .activeDependents, .renewWorker, .setLane, .expired,
        .tagValues, .tagValuesAfter, .tagKeys, .tagKeysToTheEnd, .readyByGroup, .schedule, .putSchedule,
        .moveSchedule, .replacePredecessor, .typeID, .groupID, .typeName, .groupName,
    ]

    @Test("D2 no statement of the hot path goes through all jobs or sorts them", arguments: hot)
    func hotPath(_ sql: SQL) throws {
        let connection = try Database.open(.memory, SQLiteStoreOptions())
        let plan = try plan(sql.text, on: connection)
        let scans = plan.split(separator: ";").filter { $0.contains("SCAN") && !$0.contains("USING COVERING INDEX") }
        // A row of constants is no table.
        #expect(scans.allSatisfy { $0.contains("CONSTANT ROW") }, "\(plan)")
        #expect(!plan.contains("TEMP B-TREE"), "\(plan)")
    }

    @Test("D13 what is due of schedules is read in the order of an index", arguments: [SQL.agenda, .schedules])
    func schedules(_ sql: SQL) throws {
        let plan = try plan(sql.text, on: try Database.open(.memory, SQLiteStoreOptions()))
        #expect(plan.contains(sql == .agenda ? "USING INDEX schedule_next" : "USING INDEX"), "\(plan)")
        #expect(!plan.contains("TEMP B-TREE"), "\(plan)")
    }

    @Test(
        "Q1 filters are answered from an index",
        arguments: [
            (JobQuery(states: [.pending]), "job_ready"), (JobQuery(states: [.blocked]), "job_apart"),
            (JobQuery(states: [.failed, .deadLettered]), "job_finished"), (JobQuery(group: "g"), "job_grp"),
            (JobQuery(tags: [QueueModel.Tag("a", "b")]), "PRIMARY KEY (key=? AND value=?)"),
            (JobQuery(key: .text("k")), "job_key"), (JobQuery(parent: JobID(1)), "PRIMARY KEY (parent=?)"),
            (
                JobQuery(anyTags: [QueueModel.Tag("a", "b"), QueueModel.Tag("c", "d")]),
                "PRIMARY KEY (key=? AND value=?)"
            ),
            (JobQuery(tagKeyPrefix: "a"), "PRIMARY KEY (key>? AND key<?)"),
            (JobQuery(ids: [JobID(1), JobID(2)]), "INTEGER PRIMARY KEY (rowid=?)"),
            (JobQuery(states: [.pending], types: ["work"]), "job_ready (state=? AND type=?)"),
            (JobQuery(finished: now..<now), "job_finished"), (JobQuery(order: .lastFinishedFirst), "job_finished"),
        ])
    func filters(_ query: JobQuery, _ index: String) throws {
        let session = Session(try Database.open(.memory, SQLiteStoreOptions()))
        _ = try session.intern(group: "g")
        _ = try session.intern(JobType("work"))
        let text = try QueryText(query, on: session, cursor: true)
        let plan = try plan(text.page(query.order, limit: 10), on: session.connection)
        #expect(plan.replacing("USING ", with: "").contains(index), "\(plan)")
        #expect(!plan.contains("SCAN job;") && !plan.hasSuffix("SCAN job"), "\(plan)")
    }

    @Test(
        "Q1 what has no index of its own is looked for in the order of the answer, and no further than the page",
        arguments: [
            JobQuery(types: ["work"]), JobQuery(domain: "m"), JobQuery(priorities: .realtime ... .high),
            JobQuery(submitted: now..<now), JobQuery(states: [.completed]),
            JobQuery(types: ["work"], order: .oldestFirst),
        ])
    func byOrder(_ query: JobQuery) throws {
        let session = Session(try Database.open(.memory, SQLiteStoreOptions()))
        _ = try session.intern(JobType("work"))
        let text = try QueryText(query, on: session, cursor: true)
        let plan = try plan(text.page(query.order, limit: 10), on: session.connection)
        #expect(!plan.contains("TEMP B-TREE"), "\(plan)")
    }

    @Test(
        "Q1 pages of a large backlog are looked for among the ids next to the page before, without sorting",
        arguments: [true, false])
    func near(isForward: Bool) throws {
        let session = Session(try Database.open(.memory, SQLiteStoreOptions()))
        let cursor = JobQuery.Cursor(id: JobID(isForward ? .max - 1 : .min + 1))
        let query = JobQuery(states: JobState.active, order: isForward ? .oldestFirst : .newestFirst, after: cursor)
        let text = try QueryText(query, on: session, cursor: true, near: cursor)
        for sql in [text.page(query.order, limit: 10), text.pageOfIDs(query.order, limit: 10)] {
            let plan = try plan(sql, on: session.connection)
            #expect(plan.contains("SEARCH job USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"), "\(plan)")
            #expect(!plan.contains("TEMP B-TREE"), "\(plan)")
        }
    }

    @Test("every statement can be prepared", arguments: SQL.allCases)
    func prepares(_ sql: SQL) throws {
        let session = Session(try Database.open(.memory, SQLiteStoreOptions()))
        _ = try session.statement(sql)
    }
}
