import QueueModel

extension Session {
    /// The jobs that run, as their workers' rows have them.
    func running() throws(QueueError) -> [(id: Int64, worker: Int64)] {
        var jobs: [(Int64, Int64)] = []
        let row = try statement(.runningOfWorkers)
        while try row.step() {
            let worker = row.int64(0)
            guard let ids = StoredText.ids(in: row.bytes(1)) else {
                throw StoredRow.invalid("running", worker, table: "worker")
            }
            for id in ids { jobs.append((id, worker)) }
        }
        return jobs
    }
}
