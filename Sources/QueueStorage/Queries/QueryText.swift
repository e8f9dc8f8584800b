import QueueModel
import QueueStoreKit

/// The SQL of a ``JobQuery``: fixed text with parameters, and the values to bind.
struct QueryText {
    /// A value that is bound to a parameter.
    enum Value {
        case number(Int64)
        case text(String)
        case key(Uniqueness.Key)
    }

    private(set) var conditions: [String] = []
    private(set) var values: [Value] = []
    /// The source of the jobs, as it is written after FROM: all jobs, or those with a tag in the order of their ids.
    private(set) var source = "job"
    /// The same source where only ids matter: a tag without other conditions has them in its index.
    private var sourceOfIDs: String { isTagAlone ? Self.tagged : source }
    private var isTagAlone = false
    /// The name of the id in the source, so that SQLite sees its order.
    private var id = "id"

    private static let tagged = "(SELECT job AS tagged FROM tag WHERE key = ? AND value = ?)"
    /// Whether a name in the query never was in the store, so that no job matches.
    private(set) var matchesNothing = false

    /// The number of ids to scan per job of a page before the indexes of states are used.
    static let reach: Int64 = 64

    /// Translates a query's conditions.
    ///
    /// - Parameters:
    ///   - cursor: Whether the conditions of the page are among them.
    ///   - inOrder: Whether jobs are scanned by their ids, without the indexes of states.
    ///   - near: The end of the page before: jobs are scanned by their ids, and only the next ones.
    init(
        _ query: JobQuery, on session: Session, cursor: Bool, inOrder: Bool = false, near: JobQuery.Cursor? = nil
    ) throws(QueueError) {
        let inOrder = inOrder || near != nil
        var tags = query.tags
        if !inOrder, query.order != .lastFinishedFirst, !tags.isEmpty {
            // The first tag finds the jobs in order; all other conditions are checked for each of them.
            let tag = tags.removeFirst()
            source = "\(Self.tagged) CROSS JOIN job ON job.id = tagged"
            id = "tagged"
            values = [.text(tag.key), .text(tag.value)]
        }
        if let ids = query.ids {
            if ids.isEmpty { matchesNothing = true }
            add("id IN (\(ids.map { "\($0.rawValue)" }.sorted().joined(separator: ", ")))")
        }
        var types = ""
        if !query.types.isEmpty {
            var ids: [Int64] = []
            for type in query.types { if let id = try session.typeID(type) { ids.append(id) } }
            if ids.isEmpty { matchesNothing = true }
            types = "type IN (\(ids.map { "\($0)" }.joined(separator: ", ")))"
        }
        try addStates(query.states, types, inOrder: inOrder, on: session)
        if !types.isEmpty { add(types) }
        if let domain = query.domain {
            // '/' follows '.'.
            add(
                "type IN (SELECT id FROM job_type WHERE name >= ? AND name < ?)", .text("\(domain)."),
                .text("\(domain)/"))
        }
        if let group = query.group {
            if let id = try session.groupID(group) {
                add("grp > 0 AND grp = ?", .number(id))
            } else {
                matchesNothing = true
            }
        }
        if let priorities = query.priorities {
            add(
                "priority BETWEEN ? AND ?", .number(Int64(priorities.lowerBound.rawValue)),
                .number(Int64(priorities.upperBound.rawValue)))
        }
        addTags(tags, of: query)
        if let key = query.key {
            add(
                "id IN (SELECT id FROM job WHERE key = ? AND key IS NOT NULL)", .key(key))
        }
        if let parent = query.parent { add("id IN (SELECT job FROM child WHERE parent = ?)", .number(parent.rawValue)) }
        if let range = query.submitted { addRange("submitted_at", range) }
        if query.finished != nil || query.order == .lastFinishedFirst { add(SQL.isTerminal.string) }
        if let range = query.finished { addRange("finished_at", range) }
        isTagAlone = id == "tagged" && conditions.isEmpty
        if cursor, let after = query.after { add(after, query.order) }
        if let near { addEnd(of: near, query) }
    }

    /// Adds the conditions for tags; the first of the query's own may be answered by the source.
    private mutating func addTags(_ tags: [Tag], of query: JobQuery) {
        for tag in tags {
            add("id IN (SELECT job FROM tag WHERE key = ? AND value = ?)", .text(tag.key), .text(tag.value))
        }
        addAny(of: query.anyTags)
        if let range = query.tagKeyPrefix.map(PrefixRange.init) {
            if let upper = range.upper {
                add("id IN (SELECT job FROM tag WHERE key >= ? AND key < ?)", .text(range.lower), .text(upper))
            } else {
                add("id IN (SELECT job FROM tag WHERE key >= ?)", .text(range.lower))
            }
        }
    }

    /// Adds the condition for states, which indexes answer.
    ///
    /// There are so many completed jobs that scanning all jobs in order finds a page sooner.
    private mutating func addStates(
        _ states: [JobState], _ types: String, inOrder: Bool, on session: Session
    ) throws(QueueError) {
        if states.isEmpty { return }
        let stored = StoredState.allCases.filter { states.contains($0.jobState) }
        let list = stored.map { "\($0.rawValue)" }.joined(separator: ", ")
        if inOrder || stored.contains(.completed) {
            add("state IN (\(list))")
            if stored.allSatisfy(\.isTerminal) { add(SQL.isTerminal.string) }
            return
        }
        let running = states.contains(.running) ? try session.running().map(\.id).sorted() : []
        let ofTypes = SQLText(types.isEmpty ? "" : " AND \(types)")
        let parts = stored.map { state -> SQLText in
            switch state {
            // The index of ready jobs has them by type.
            case .ready: "SELECT id FROM job WHERE state = \(state: state)\(ofTypes)"
            case .running: SQLText(Self.values(running))
            case _ where state.isTerminal: "SELECT id FROM job WHERE \(SQL.isTerminal) AND state = \(state: state)"
            default: "SELECT id FROM job WHERE \(SQL.isApart) AND state = \(state: state)"
            }
        }
        add("id IN (\(parts.joined(separator: " UNION ALL ").string))")
        // The lists of workers may be stale, so the state is checked too.
        if !running.isEmpty { add("state IN (\(list))") }
    }

    private mutating func addAny(of tags: [Tag]) {
        if tags.isEmpty { return }
        let one = "SELECT job FROM tag WHERE key = ? AND value = ?"
        conditions.append("id IN (\(tags.map { _ in one }.joined(separator: " UNION ALL ")))")
        for tag in tags { values += [.text(tag.key), .text(tag.value)] }
    }

    private static func values(_ ids: [Int64]) -> String {
        ids.isEmpty ? "SELECT 0 WHERE 0" : "SELECT * FROM (VALUES \(ids.map { "(\($0))" }.joined(separator: ", ")))"
    }

    private mutating func add(_ cursor: JobQuery.Cursor, _ order: JobQuery.Order) {
        let id = Value.number(cursor.id.rawValue)
        switch order {
        case .newestFirst: add("\(self.id) < ?", id)
        case .oldestFirst: add("\(self.id) > ?", id)
        case .lastFinishedFirst:
            let end = cursor.finishedAt ?? .distantFuture
            add("(finished_at, id) < (?, ?)", .number(end.milliseconds), id)
        }
    }

    /// Adds the end of the ids to scan, in the order's direction.
    private mutating func addEnd(of near: JobQuery.Cursor, _ query: JobQuery) {
        let width = Int64(query.limit) * Self.reach
        let id = near.id.rawValue
        if query.order == .newestFirst {
            add("id >= ?", .number(id < .min + width ? .min : id - width))
        } else {
            add("id <= ?", .number(id > .max - width ? .max : id + width))
        }
    }

    private mutating func addRange(_ column: StaticString, _ range: Range<Timestamp>) {
        add(
            "\(column) >= ? AND \(column) < ?", .number(range.lowerBound.milliseconds),
            .number(range.upperBound.milliseconds))
    }

    private mutating func add(_ condition: String, _ values: Value...) {
        conditions.append(condition)
        self.values += values
    }

    /// The condition as it is written after WHERE.
    var condition: String { conditions.isEmpty ? "1" : conditions.joined(separator: " AND ") }

    /// The statement for a page of records.
    func page(_ order: JobQuery.Order, limit: Int) -> String {
        """
        SELECT \(SQL.recordColumns), \(SQL.extraColumns) FROM \(source) \(SQL.joinExtra)
        WHERE \(condition) ORDER BY \(by(order)) LIMIT \(limit)
        """
    }

    /// The statement for a page of ids and ends.
    func pageOfIDs(_ order: JobQuery.Order, limit: Int) -> String {
        let end = order == .lastFinishedFirst ? "finished_at" : "NULL"
        return "SELECT \(id), \(end) FROM \(sourceOfIDs) WHERE \(condition) ORDER BY \(by(order)) LIMIT \(limit)"
    }

    /// The statement that counts.
    var count: String { "SELECT count(*) FROM \(sourceOfIDs) WHERE \(condition)" }

    private func by(_ order: JobQuery.Order) -> String {
        switch order {
        case .newestFirst: "\(id) DESC"
        case .oldestFirst: id
        case .lastFinishedFirst: "finished_at DESC, id DESC"
        }
    }

    /// Binds all values, in order.
    func bind(to statement: Statement) {
        for (index, value) in values.enumerated() {
            let place = Int32(index + 1)
            switch value {
            case .number(let number): statement.bind(number, at: place)
            case .text(let text): statement.bind(text, at: place)
            case .key(let key): statement.bind(key, at: place)
            }
        }
    }
}
