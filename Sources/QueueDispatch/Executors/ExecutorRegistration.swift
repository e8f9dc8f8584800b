public import QueueModel

/// An executor in a queue's registry, with its payload type erased.
public struct ExecutorRegistration: Sendable {
    let payload: any Job.Type
    let outputIsStorable: Bool
    /// `nil` where jobs of the type can be submitted here, but are run by other workers.
    let body: Body?
    /// The maximum number of threads of an executor that has its own.
    let threadLimit: Int?

    /// The calls into the executor.
    ///
    /// Payload and output are passed as bytes; decoding errors are ``UndecodablePayload``.
    struct Body: Sendable {
        let run: @concurrent @Sendable (JobContext) async throws -> [UInt8]?
        let cancelled: @concurrent @Sendable (JobContext) async -> Void
        /// Decodes the output of `execute`, and discards it.
        let decodeMemo: @Sendable ([UInt8]?, any PayloadCoder) throws -> Void
    }

    /// Registers an executor.
    public init<Executor: JobExecutor>(_ executor: Executor) {
        let codec = OutputCodec<Executor.Output>()
        payload = Executor.Payload.self
        outputIsStorable = codec.isStorable
        threadLimit = (executor as? any BlockingExecutor)?.threadLimit
        let plain = Body(
            run: { context in
                let job = try context.decodePayload(as: Executor.Payload.self)
                let output: Executor.Output
                switch context.job.phase {
                case .execute:
                    output = try await executor.execute(job, in: context)
                case .finalize:
                    let memo = try codec.decode(context.job.output, with: context.coder)
                    output = try await executor.finalize(job, output: memo, in: context)
                }
                return try codec.encode(output, with: context.coder, limit: context.queue.configuration.outputBytes)
            },
            cancelled: { context in
                guard let job = try? context.decodePayload(as: Executor.Payload.self) else { return }
                await executor.cancelled(job, in: context)
            },
            decodeMemo: { bytes, coder in _ = try codec.decode(bytes, with: coder) }
        )
        let place = executor.taskExecutor ?? threadLimit.map { BlockingThreads(checked: $0) }
        body = place.map { plain.preferring($0) } ?? plain
    }

    private init(submitting payload: any Job.Type) {
        self.payload = payload
        outputIsStorable = true
        body = nil
        threadLimit = nil
    }

    /// Returns the registration of a payload type whose jobs this queue submits and others run.
    public static func submitting(_ payload: (some Job).Type) -> ExecutorRegistration {
        ExecutorRegistration(submitting: payload)
    }
}

extension ExecutorRegistration.Body {
    /// The same calls, made on a task executor, unless the queue has one for all.
    func preferring(_ executor: any TaskExecutor) -> ExecutorRegistration.Body {
        ExecutorRegistration.Body(
            run: { [run] context in
                try await withTaskExecutorPreference(context.preferred(or: executor)) { try await run(context) }
            },
            cancelled: { [cancelled] context in
                await withTaskExecutorPreference(context.preferred(or: executor)) { await cancelled(context) }
            },
            decodeMemo: decodeMemo
        )
    }
}

extension JobContext {
    /// Where an executor's code runs that wants to run on a task executor.
    fileprivate func preferred(or executor: any TaskExecutor) -> any TaskExecutor {
        queue.configuration.taskExecutor ?? executor
    }
}

/// Encodes and decodes an executor's output; `Void` has no bytes.
struct OutputCodec<Output: Sendable>: Sendable {
    private static var isVoid: Bool { Output.self == Void.self }

    var isStorable: Bool {
        Self.isVoid || (Output.self is any Encodable.Type && Output.self is any Decodable.Type)
    }

    /// Returns the bytes of an output.
    ///
    /// An output that can't be stored fails its job: another attempt would most likely return the same.
    func encode(_ output: Output, with coder: any PayloadCoder, limit: Int) throws -> [UInt8]? {
        if Self.isVoid { return nil }
        guard let value = output as? any Encodable else { return nil }
        let bytes: [UInt8]
        do {
            bytes = try coder.encode(value)
        } catch {
            throw JobError.permanent("the output can't be encoded: \(ErrorText.of(error))")
        }
        guard bytes.count <= limit else {
            throw JobError.permanent("the output has \(bytes.count) bytes, the limit is \(limit)")
        }
        return bytes
    }

    func decode(_ bytes: [UInt8]?, with coder: any PayloadCoder) throws -> Output {
        if let nothing = () as? Output { return nothing }
        guard let type = Output.self as? any Decodable.Type,
            let value = try Self.decode(type, bytes ?? [], with: coder) as? Output
        else {
            throw UndecodablePayload(
                underlying: QueueError(.invalidRegistration, "\(Output.self) is neither Void nor Codable"))
        }
        return value
    }

    private static func decode(
        _ type: any Decodable.Type, _ bytes: [UInt8], with coder: any PayloadCoder
    ) throws -> any Decodable {
        do {
            return try coder.decode(type, from: bytes)
        } catch {
            throw UndecodablePayload(underlying: error)
        }
    }
}
