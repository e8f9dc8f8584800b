public import QueueModel

extension JobQueue {
    // MARK: Results

    /// Waits until a job has ended, and returns its record; returns at once for a job that has already ended.
    ///
    /// If this queue records the end, the call returns right after it. If another queue or process does, the store is
    /// asked: after 10 ms, then each time after twice as long, up to ``QueueConfiguration/pollInterval``. A job that is
    /// retried has not ended. A job that was submitted in its place (``JobState/superseded``) or as a copy of it is
    /// another job, and is not waited for.
    ///
    /// The call waits for a job that never ends until the task is canceled.
    ///
    /// - Throws: ``QueueError`` with ``QueueError/Code/unknownJob`` if no job has the id, or it was deleted meanwhile;
    ///   `CancellationError`; the store's errors, including ``QueueError/Code/closed`` if the queue is closed
    ///   meanwhile.
    public func endedJob(_ id: JobID) async throws -> JobRecord {
        try await JobAwaiter(queue: self, id: id).endedJob()
    }

    /// Waits until a job has completed.
    ///
    /// - Throws: ``JobEndError`` if it ends otherwise; the errors of ``endedJob(_:)``.
    public func result(of id: JobID) async throws {
        _ = try await JobAwaiter(queue: self, id: id).completedJob()
    }

    /// Waits until a job has completed, and returns its executor's output.
    ///
    ///     let outcome = try await queue.submit(Measure(path: "a.jpg"))
    ///     let size = try await queue.result(of: outcome.id, as: Size.self)
    ///
    /// - Throws: ``JobEndError`` if the job ends otherwise, with its state and failure;
    ///   ``QueueError/Code/outputNotDecodable`` if the output is missing or not of the type; the errors of
    ///   ``endedJob(_:)``.
    public func result<Output: Decodable>(of id: JobID, as type: Output.Type) async throws -> Output {
        let record = try await JobAwaiter(queue: self, id: id).completedJob()
        guard let bytes = record.output else {
            throw QueueError(.outputNotDecodable, "\(id) has returned nothing", jobs: [id])
        }
        do {
            return try configuration.coder.decode(type, from: bytes)
        } catch {
            throw QueueError(
                .outputNotDecodable, "what \(id) has returned is no \(type)", jobs: [id], underlying: error)
        }
    }

    /// Waits until a job has completed, and returns its executor's output as the executor's own output type.
    ///
    ///     let size = try await queue.result(of: outcome.id, from: Measurer.self)
    ///
    /// - Throws: ``QueueError/Code/unknownJobType`` if the job's type is not registered for the executor's payload; the
    ///   errors of ``result(of:as:)``.
    public func result<Executor: JobExecutor>(
        of id: JobID, from executor: Executor.Type
    ) async throws -> Executor.Output {
        let record = try await JobAwaiter(queue: self, id: id).completedJob()
        guard core.registry.types(of: Executor.Payload.self).contains(record.type) else {
            throw QueueError(
                .unknownJobType, "\(id) is a \"\(record.type)\", and not known to be one for \(executor)", jobs: [id])
        }
        do {
            return try OutputCodec<Executor.Output>().decode(record.output, with: configuration.coder)
        } catch {
            throw QueueError(
                .outputNotDecodable, "what \(id) has returned is no \(Executor.Output.self)", jobs: [id],
                underlying: error)
        }
    }
}

/// Waits for the end of one job: by the queue's events, and by polling the store for ends that others record.
private struct JobAwaiter {
    let queue: JobQueue
    let id: JobID

    func endedJob() async throws -> JobRecord {
        // Subscribed before the first read, so that no end is missed between the two.
        let events = queue.events(of: id, .ended, bufferSize: 1)
        if let record = try await recordIfEnded() { return record }
        return try await withThrowingTaskGroup(of: JobRecord?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for await _ in events {}
                return try await recordIfEnded()
            }
            group.addTask { try await pollForEnd() }
            // The events end without an end of the job when the queue is closed, which polling finds as well.
            while let result = try await group.next() {
                if let record = result { return record }
            }
            throw CancellationError()
        }
    }

    func completedJob() async throws -> JobRecord {
        let record = try await endedJob()
        guard record.state == .completed else { throw JobEndError(record) }
        return record
    }

    private func pollForEnd() async throws -> JobRecord {
        let (ticker, longest) = (queue.core.ticker, queue.configuration.pollInterval)
        var delay = Duration.milliseconds(10)
        while true {
            try await ticker.sleep(ticker.now() + min(delay, longest))
            if let record = try await recordIfEnded() { return record }
            delay = min(delay * 2, longest)
        }
    }

    private func recordIfEnded() async throws -> JobRecord? {
        try Task.checkCancellation()
        guard let record = try await queue.job(id) else {
            throw QueueError(.unknownJob, "there is no job \(id)", jobs: [id])
        }
        return record.state.isTerminal ? record : nil
    }
}
