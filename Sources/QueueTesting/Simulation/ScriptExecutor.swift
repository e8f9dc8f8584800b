import QueueDispatch
import QueueModel
import QueueStoreKit

/// A job of a script; the player finds its description by its number.
protocol NumberedJob: Job {
    var number: Int { get }
    init(number: Int)
}

extension NumberedJob {
    func encodePayload(with coder: any PayloadCoder) throws -> [UInt8] {
        Array(String(number).utf8)
    }

    static func decodePayload(_ bytes: [UInt8], version: Int, with coder: any PayloadCoder) throws -> Self {
        guard let number = Int(String(decoding: bytes, as: UTF8.self)) else {
            throw QueueError(.invalidOption, "the payload of a script's job must be a number")
        }
        return Self(number: number)
    }
}

/// The job types of scripts.
enum ScriptJob {
    struct A: NumberedJob {
        static let type: JobType = "a"
        var number: Int
    }

    struct B: NumberedJob {
        static let type: JobType = "b"
        var number: Int
    }

    struct C: NumberedJob {
        static let type: JobType = "c"
        var number: Int
    }
}

/// Executes a job as its script describes.
struct ScriptExecutor<Payload: NumberedJob>: JobExecutor {
    let player: ScriptPlayer

    @concurrent func execute(_ payload: Payload, in context: JobContext) async throws {
        // Children and jobs that are not in the script.
        guard let job = player.job(payload.number) else { return try await sleep(20, context) }
        if context.attempt == 1, job.children > 0 {
            try await context.spawn(contentsOf: (0..<job.children).map { Payload(number: -1 - $0) })
        }
        let attempt = context.attempt - 1
        switch job.attempts.indices.contains(attempt) ? job.attempts[attempt] : .succeed(0) {
        case .succeed(let time):
            try await sleep(time, context)
        case .fail(let time):
            try await sleep(time, context)
            throw JobError.retryable("injected")
        case .failForGood(let time):
            try await sleep(time, context)
            throw JobError.permanent("injected")
        case .snooze(let time):
            throw JobError.snooze(for: .milliseconds(time))
        case .ignoreCancellation(let time):
            await player.world.sleepThroughCancellation(for: .milliseconds(time))
        case .submitAnother:
            try await player.submitAnother(to: context.queue)
        }
    }

    private func sleep(_ milliseconds: Int, _ context: JobContext) async throws {
        if milliseconds > 0 { try await context.clock.sleep(for: .milliseconds(milliseconds)) }
    }
}

/// A coder for queues whose jobs encode themselves.
struct PlainCoder: PayloadCoder {
    func encode<Value: Encodable>(_ value: Value) throws -> [UInt8] {
        throw QueueError(.invalidOption, "the jobs of scripts encode themselves")
    }

    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        throw QueueError(.invalidOption, "the jobs of scripts encode themselves")
    }
}
