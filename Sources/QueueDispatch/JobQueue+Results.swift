public import QueueModel
import QueueStoreKit

extension JobQueue {
    // MARK: Results

    /// Waits until a job has ended, and gives its record; one that has ended already is given at once.
    ///
    /// The end is known at once where this queue records it. Of one that another queue or process records, the store is asked: after
    /// 10 ms, then each time after twice as long, up to ``QueueConfiguration/pollInterval``. A retry keeps the job going; a job that was
    /// submitted in its place (``JobState/superseded``) or as a copy of it is another one, and not waited for.
    ///
    /// A job that never ends is waited for until the task is cancelled.
    ///
    /// - Throws: ``QueueError`` with ``QueueError/Code/unknownJob`` if no job has the id, or it was deleted meanwhile; `CancellationError`; what
    ///   the store throws, ``QueueError/Code/closed`` for a queue that is closed meanwhile included.
    public func endedJob(_ id: JobID) async throws -> JobRecord {
        // Before the look, so that no end is missed between the two.
        let events = events(of: id, .ended, bufferSize: 1)
        if let record = try await recordIfEnded(id) { return record }
        return try await withThrowingTaskGroup(of: JobRecord?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for await _ in events {}
                return try await self.recordIfEnded(id)
            }
            group.addTask { try await self.pollForEnd(of: id) }
            // The events end without an end of the job when the queue is closed, which the other finds as well.
            while let result = try await group.next() {
                if let record = result { return record }
            }
            throw CancellationError()
        }
    }

    private func pollForEnd(of id: JobID) async throws -> JobRecord {
        var delay = Duration.milliseconds(10)
        while true {
            try await ticker.sleep(ticker.now() + min(delay, configuration.pollInterval))
            if let record = try await recordIfEnded(id) { return record }
            delay = min(delay * 2, configuration.pollInterval)
        }
    }

    private func recordIfEnded(_ id: JobID) async throws -> JobRecord? {
        try Task.checkCancellation()
        guard let record = try await job(id) else {
            throw QueueError(.unknownJob, "there is no job \(id)", jobs: [id])
        }
        return record.state.isTerminal ? record : nil
    }

    /// Waits until a job has completed.
    ///
    /// - Throws: ``JobEndError`` if it ends otherwise; what ``endedJob(_:)`` throws.
    public func result(of id: JobID) async throws {
        _ = try await completedJob(id)
    }

    /// Waits until a job has completed, and gives what its executor has returned (rule Q3).
    ///
    ///     let outcome = try await queue.submit(Measure(path: "a.jpg"))
    ///     let size = try await queue.result(of: outcome.id, as: Size.self)
    ///
    /// - Throws: ``JobEndError`` if the job ends otherwise, with its state and failure; ``QueueError/Code/outputNotDecodable`` for an
    ///   output that is none of the type, or none at all; what ``endedJob(_:)`` throws.
    public func result<Output: Decodable>(of id: JobID, as type: Output.Type) async throws -> Output {
        let record = try await completedJob(id)
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

    /// Waits until a job has completed, and gives what its executor has returned, by the executor's own type for it.
    ///
    ///     let size = try await queue.result(of: outcome.id, from: Measurer.self)
    ///
    /// - Throws: ``QueueError/Code/unknownJobType`` if the job is not one that this queue knows as of the executor's payload; what
    ///   ``result(of:as:)`` throws.
    public func result<Executor: JobExecutor>(
        of id: JobID, from executor: Executor.Type
    ) async throws -> Executor.Output {
        let record = try await completedJob(id)
        guard registry.types(of: Executor.Payload.self).contains(record.type) else {
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

    private func completedJob(_ id: JobID) async throws -> JobRecord {
        let record = try await endedJob(id)
        guard record.state == .completed else { throw JobEndError(record) }
        return record
    }
}
