import QueueBackoff
import QueueModel

/// The rows of new jobs.
extension StoreState {
    /// Payloads above this many bytes lie in a table of their own, so that a claim and a finish don't write them anew.
    static let inlinePayloadBytes = 1024

    /// What a row says of a submission beside its own words.
    private struct Form {
        var flags: JobFlags = []
        var state: StoredState
        var hasExtra: Bool
        var isLarge: Bool

        init(_ submission: JobSubmission, _ references: References?, at now: Timestamp) {
            hasExtra =
                submission.label != nil || !submission.tags.isEmpty || submission.parent != nil
                || submission.retry != nil || submission.timeout != nil || submission.expectedIO != nil
                || submission.origin != nil || submission.occurrence != nil
            isLarge = submission.payload.count > StoreState.inlinePayloadBytes
            if isLarge { flags.insert(.hasLargePayload) }
            if hasExtra { flags.insert(.hasExtra) }
            if submission.parent != nil { flags.insert(.hasParent) }
            if !submission.failFast { flags.insert(.toleratesChildFailure) }
            if !submission.dependencies.isEmpty {
                flags.insert(.hasDependencies)
                flags.formUnion(.policy(submission.dependencyPolicy))
            }
            state =
                if !submission.dependencies.isEmpty, references?.areMet != true {
                    .blocked
                } else if let start = submission.runAfter, start > now {
                    .scheduled
                } else {
                    .ready
                }
        }

        /// Whether the row is all that there is of the job.
        var isRowAlone: Bool { !hasExtra && !isLarge && state != .blocked }
    }

    /// Inserts the row; `nil` if its key is taken.
    func insert(
        _ submission: JobSubmission, _ references: References?, _ lane: LaneKey, at now: Timestamp
    ) throws(QueueError) -> Int64? {
        let id = try nextJobID()
        let form = Form(submission, references, at: now)
        let row = try session.statement(.insertJob)
        bind(submission, form, lane, id, to: row, at: now)
        row.bind(references?.open ?? 0, at: 14)
        row.bind(references?.inlineList, at: 15)
        if form.isLarge {
            row.bind(Int64?.none, at: 11)
            try row.run()
        } else {
            try row.withBound(submission.payload, at: 11) { () throws(QueueError) in try row.run() }
        }
        if session.connection.changes == 0 {
            giveBack(jobID: id)
            return nil
        }

        if form.hasExtra { try insertMore(of: submission, id) }
        if form.isLarge {
            let large = try session.statement(.insertPayload)
            large.bind(id, at: 1)
            try large.withBound(submission.payload, at: 2) { () throws(QueueError) in try large.run() }
        }
        if !submission.tags.isEmpty { try insert(submission.tags, of: id) }
        if let references { try link(id, form.flags, to: references) }
        if let parent = submission.parent { try adopt(id, by: parent.rawValue) }
        enter(id, form.state, lane, submission)
        return id
    }

    /// Inserts the next submissions of a batch with one statement.
    ///
    /// - Returns: The first of their ids, which follow one another; `nil` if a row is not all that there is of them, or a key is taken: then
    ///   nothing was changed.
    func insertRun(_ batch: ArraySlice<JobSubmission>, at now: Timestamp) throws(QueueError) -> Int64? {
        guard batch.count == SQL.insertWidth, batch.allSatisfy(\.refersToNone),
            !keysAreTaken || batch.allSatisfy({ $0.key == nil })
        else { return nil }
        var rows: [(form: Form, lane: LaneKey)] = []
        for submission in batch {
            let form = Form(submission, nil, at: now)
            guard form.isRowAlone else { return nil }
            rows.append((form, try lane(of: submission)))
        }
        let first = try lastJobID() + 1
        let statement = try session.statement(.insertJobs)
        for (index, submission) in batch.enumerated() {
            let offset = Int32(index * SQL.insertParameters)
            let (form, lane) = rows[index]
            bind(submission, form, lane, first + Int64(index), to: statement, from: offset, at: now)
            statement.bind(0, at: offset + 14)
            statement.bind(submission.payload, at: offset + 11)
        }
        try statement.run()
        let last = first + Int64(batch.count) - 1
        guard session.connection.changes == batch.count else {
            // A key is taken, or stands in the batch twice: each is looked at by itself.
            try session.run(.deleteJobs, first, last)
            return nil
        }
        take(jobIDsUpTo: last)
        for (index, submission) in batch.enumerated() {
            enter(first + Int64(index), rows[index].form.state, rows[index].lane, submission)
        }
        return first
    }

    private func bind(
        _ submission: JobSubmission, _ form: Form, _ lane: LaneKey, _ id: Int64, to row: Statement,
        from offset: Int32 = 0, at now: Timestamp
    ) {
        row.bind(id, at: offset + 1)
        row.bind(lane.type, at: offset + 2)
        row.bind(lane.group, at: offset + 3)
        row.bind(Int64(submission.priority.rawValue), at: offset + 4)
        row.bind(form.state.rawValue, at: offset + 5)
        row.bind(form.flags.rawValue, at: offset + 6)
        row.bind(now.milliseconds, at: offset + 7)
        row.bind(likelyWorker, at: offset + 8)
        row.bind(submission.key, at: offset + 9)
        row.bind(Int64(submission.payloadVersion), at: offset + 10)
        row.bind(submission.runAfter?.milliseconds, at: offset + 12)
        row.bind(submission.expiresAt?.milliseconds, at: offset + 13)
        row.bind(Int64(lane.io.rawValue), at: offset + 16)
    }

    /// Puts a new job into the board.
    private func enter(_ id: Int64, _ state: StoredState, _ lane: LaneKey, _ submission: JobSubmission) {
        if state == .ready {
            board.insertReady(id, lane: lane)
        } else if state == .scheduled, let start = submission.runAfter {
            board.insertScheduled(start.milliseconds)
        }
        if state != .blocked { report.noteWork(lane.priority) }
    }

    func lane(of submission: JobSubmission) throws(QueueError) -> LaneKey {
        LaneKey(
            type: try session.intern(submission.type), group: try session.intern(group: submission.group),
            priority: Int64(submission.priority.rawValue), io: Int64(IOSize(submission.expectedIO).rawValue))
    }

    private func insertMore(of submission: JobSubmission, _ id: Int64) throws(QueueError) {
        let row = try session.statement(.insertMore)
        row.bind(id, at: 1)
        row.bind(submission.label, at: 2)
        row.bind(StoredText.text(of: submission.tags), at: 3)
        row.bind(submission.parent?.rawValue, at: 4)
        row.bind(submission.retry?.description, at: 5)
        row.bind(submission.timeout?.wholeNanoseconds, at: 6)
        row.bind(submission.expectedIO.map { StoredText.text(of: $0) }, at: 7)
        row.bind(submission.origin?.rawValue, at: 8)
        row.bind(submission.occurrence?.schedule.rawValue, at: 9)
        row.bind(submission.occurrence?.due.milliseconds, at: 10)
        try row.run()
    }

    private func insert(_ tags: [Tag], of id: Int64) throws(QueueError) {
        var rest = tags[...]
        while rest.count >= SQL.tagWidth {
            let row = try session.statement(.insertTags)
            row.bind(id, at: 1)
            for (index, tag) in rest.prefix(SQL.tagWidth).enumerated() {
                row.bind(tag.key, at: Int32(2 * index + 2))
                row.bind(tag.value, at: Int32(2 * index + 3))
            }
            try row.run()
            rest = rest.dropFirst(SQL.tagWidth)
        }
        for tag in rest {
            let row = try session.statement(.insertTag)
            row.bind(tag.key, at: 1)
            row.bind(tag.value, at: 2)
            row.bind(id, at: 3)
            try row.run()
        }
    }
}
