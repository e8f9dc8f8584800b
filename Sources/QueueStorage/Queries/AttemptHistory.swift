import QueueModel

/// The attempts at a job.
struct AttemptHistory {
    let session: Session

    init(_ session: Session) { self.session = session }

    /// Returns all attempts at a job in order.
    ///
    /// The running attempt, and the one that completed the job, have no row of their own.
    func attempts(of id: Int64) throws(QueueError) -> [JobRecord.Attempt] {
        var attempts: [JobRecord.Attempt] = []
        let row = try session.statement(.attemptsOf)
        row.bind(id, at: 1)
        while try row.step() {
            attempts.append(
                JobRecord.Attempt(
                    number: Int(row.int64(0)), worker: WorkerID(rawValue: row.int64(1)),
                    startedAt: row.timestamp(2), endedAt: row.timestamp(3),
                    failure: try StoredRow.failure(row, kind: 4, message: 5, "attempt", id)))
        }
        let job = try session.statement(.attemptOf)
        defer { job.reset() }
        job.bind(id, at: 1)
        guard try job.step(), job.int64(0) > 0, Int(job.int64(0)) != attempts.last?.number else { return attempts }
        attempts.append(
            JobRecord.Attempt(
                number: Int(job.int64(0)), worker: WorkerID(rawValue: job.int64(1)), startedAt: job.timestamp(2),
                endedAt: job.isNull(4) ? job.timestamp(3) : nil, failure: nil))
        return attempts
    }
}
