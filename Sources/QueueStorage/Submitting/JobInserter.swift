import QueueBackoff
import QueueModel
import QueueStoreKit

/// Inserts the rows of new jobs.
struct JobInserter: StoreComponent {
    let context: StoreContext

    /// Payloads above this many bytes are stored in a table of their own, so that a claim and a finish don't write them
    /// anew.
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
            isLarge = submission.payload.count > JobInserter.inlinePayloadBytes
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
        let id = try JobNumbers(context).next()
        let form = Form(submission, references, at: now)
        let row = try session.statement(.insertJob)
        bind(submission, form, lane, id, to: row, at: now)
        row.bind(references?.open ?? 0, at: .openDependencies)
        row.bind(references?.inlineList, at: .dependencies)
        if form.isLarge {
            row.bind(Int64?.none, at: .payload)
            try row.run()
        } else {
            try row.withBound(submission.payload, at: .payload) { () throws(QueueError) in try row.run() }
        }
        if session.connection.changes == 0 {
            JobNumbers(context).giveBack(id)
            return nil
        }

        if form.hasExtra { try insertExtra(of: submission, id) }
        if form.isLarge {
            let large = try session.statement(.insertPayload)
            large.bind(id, at: 1)
            try large.withBound(submission.payload, at: 2) { () throws(QueueError) in try large.run() }
        }
        if !submission.tags.isEmpty { try insert(submission.tags, of: id) }
        if let references { try Dependencies(context).link(id, form.flags, to: references) }
        if let parent = submission.parent { try Dependencies(context).adopt(id, by: parent.rawValue) }
        addToLanes(id, form.state, lane, submission)
        return id
    }

    /// Inserts the next submissions of a batch with one statement.
    ///
    /// - Returns: The first of their ids, which follow one another; `nil` if a row is not all that there is of them, or
    ///   a key is taken: then nothing was changed.
    func insertRun(_ batch: ArraySlice<JobSubmission>, at now: Timestamp) throws(QueueError) -> Int64? {
        guard batch.count == SQL.insertWidth, batch.allSatisfy(\.refersToNone),
            !context.lastKeyWasTaken || batch.allSatisfy({ $0.key == nil })
        else { return nil }
        var rows: [(form: Form, lane: LaneKey)] = []
        for submission in batch {
            let form = Form(submission, nil, at: now)
            guard form.isRowAlone else { return nil }
            rows.append((form, try lane(of: submission)))
        }
        let first = try JobNumbers(context).last() + 1
        let statement = try session.statement(.insertJobs)
        for (index, submission) in batch.enumerated() {
            let offset = Int32(index * SQL.insertParameters)
            let (form, lane) = rows[index]
            bind(submission, form, lane, first + Int64(index), to: statement, from: offset, at: now)
            statement.bind(submission.payload, at: .payload, offset: offset)
        }
        try statement.run()
        let last = first + Int64(batch.count) - 1
        guard session.connection.changes == batch.count else {
            // A key is taken, or occurs in the batch twice: each is inserted by itself.
            try session.run(.deleteJobs, first, last)
            return nil
        }
        JobNumbers(context).take(upTo: last)
        for (index, submission) in batch.enumerated() {
            addToLanes(first + Int64(index), rows[index].form.state, rows[index].lane, submission)
        }
        return first
    }

    private func bind(
        _ submission: JobSubmission, _ form: Form, _ lane: LaneKey, _ id: Int64, to row: Statement,
        from offset: Int32 = 0, at now: Timestamp
    ) {
        row.bind(id, at: .id, offset: offset)
        row.bind(lane.type, at: .type, offset: offset)
        row.bind(lane.group, at: .group, offset: offset)
        row.bind(Int64(submission.priority.rawValue), at: .priority, offset: offset)
        row.bind(form.state.rawValue, at: .state, offset: offset)
        row.bind(form.flags.rawValue, at: .flags, offset: offset)
        row.bind(now.milliseconds, at: .now, offset: offset)
        row.bind(context.expectedWorker, at: .worker, offset: offset)
        row.bind(submission.key, at: .key, offset: offset)
        row.bind(Int64(submission.payloadVersion), at: .payloadVersion, offset: offset)
        row.bind(submission.runAfter?.milliseconds, at: .runAfter, offset: offset)
        row.bind(submission.expiresAt?.milliseconds, at: .expiresAt, offset: offset)
        row.bind(Int64(lane.io.rawValue), at: .ioSize, offset: offset)
    }

    /// Adds a new job to the index of lanes.
    private func addToLanes(_ id: Int64, _ state: StoredState, _ lane: LaneKey, _ submission: JobSubmission) {
        if state == .ready {
            context.lanes.insertReady(id, lane: lane)
        } else if state == .scheduled, let start = submission.runAfter {
            context.lanes.nextDue.insert(start.milliseconds)
        }
        if state != .blocked { context.report.noteWork(lane.priority) }
    }

    func lane(of submission: JobSubmission) throws(QueueError) -> LaneKey {
        LaneKey(
            type: try session.intern(submission.type), group: try session.intern(group: submission.group),
            priority: Int64(submission.priority.rawValue), io: Int64(IOSize(submission.expectedIO).rawValue))
    }

    private func insertExtra(of submission: JobSubmission, _ id: Int64) throws(QueueError) {
        let row = try session.statement(.insertExtra)
        row.bind(id, at: .id)
        row.bind(submission.label, at: .label)
        row.bind(StoredText.text(of: submission.tags), at: .tags)
        row.bind(submission.parent?.rawValue, at: .parent)
        row.bind(submission.retry?.description, at: .retry)
        row.bind(submission.timeout?.wholeNanoseconds, at: .timeout)
        row.bind(submission.expectedIO.map { StoredText.text(of: $0) }, at: .expectedIO)
        row.bind(submission.origin?.rawValue, at: .origin)
        row.bind(submission.occurrence?.schedule.rawValue, at: .schedule)
        row.bind(submission.occurrence?.due.milliseconds, at: .due)
        try row.run()
    }

    private func insert(_ tags: [Tag], of id: Int64) throws(QueueError) {
        var rest = tags[...]
        while rest.count >= SQL.tagWidth {
            let row = try session.statement(.insertTags)
            row.bind(id, at: .id)
            for (index, tag) in rest.prefix(SQL.tagWidth).enumerated() {
                let offset = Int32(index * SQL.tagParameters)
                row.bind(tag.key, at: .key, offset: offset)
                row.bind(tag.value, at: .value, offset: offset)
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
