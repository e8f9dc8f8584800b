import CrashAudit
import QueueBackoff
import QueueDispatch
import QueueModel

/// The jobs of the kill loops: a plan, which is their payload.
protocol PlannedJob: Job {
    var plan: JobPlan { get }
    init(plan: JobPlan)
}

extension PlannedJob {
    var uniqueness: Uniqueness { plan.key.map(Uniqueness.key) ?? .none }

    static var options: JobOptions { JobOptions(retry: .constant(.milliseconds(2), retries: 2)) }

    func encodePayload(with coder: any PayloadCoder) throws -> [UInt8] { Array(plan.text.utf8) }

    static func decodePayload(_ bytes: [UInt8], version: Int, with coder: any PayloadCoder) throws -> Self {
        guard let plan = JobPlan(payload: bytes) else { throw QueueError(.invalidOption, "the payload is no plan") }
        return Self(plan: plan)
    }

    // What is never called: the payload has a form of its own.
    init(from decoder: any Decoder) throws {
        throw QueueError(.invalidOption, "plans code themselves")
    }

    func encode(to encoder: any Encoder) throws {
        throw QueueError(.invalidOption, "plans code themselves")
    }
}

/// A job that nothing but its worker's slots and its group limit.
struct WideJob: PlannedJob {
    static let type: JobType = "wide"
    var plan: JobPlan
}

/// A job of a domain with a limit of its own.
struct NarrowJob: PlannedJob {
    static let type: JobType = "job"
    static let domain = "narrow"
    static let stored: JobType = "narrow.job"
    var plan: JobPlan
}

/// Does what a plan says, and logs the start and the end.
struct PlanExecutor<Payload: PlannedJob>: JobExecutor {
    let log: any LoadLog

    @concurrent func execute(_ job: Payload, in context: JobContext) async throws {
        try await logging(job.plan, context) { stop in
            let plan = job.plan
            if plan.milliseconds > 0 { try await context.clock.sleep(for: .milliseconds(plan.milliseconds)) }
            switch plan.course {
            case .succeed: break
            case .retry where context.job.retries == 0, .dead:
                stop = .retry
                throw JobError.retryable("as planned")
            case .retry: break
            case .snooze where context.attempt == 1:
                stop = .snooze
                throw JobError.snooze(for: .milliseconds(3))
            case .snooze: break
            case .fail:
                stop = .failure
                throw JobError.permanent("as planned")
            case .poison: System.die()
            case .spawn:
                _ = try await context.spawn(
                    contentsOf: (1...2).map { number in
                        let nonce = plan.nonce(ofChild: number)
                        return Payload(plan: JobPlan(nonce, key: nonce))
                    })
            }
        }
    }

    @concurrent func finalize(_ job: Payload, output: Void, in context: JobContext) async throws {
        try await logging(job.plan, context) { _ in }
    }

    private func logging(
        _ plan: JobPlan, _ context: JobContext, _ body: (inout LogLine.Stop) async throws -> Void
    ) async throws {
        log.write(.started(context.id, attempt: context.attempt, nonce: plan.nonce))
        var stop = LogLine.Stop.success
        do {
            try await body(&stop)
        } catch let error as JobError {
            log.write(.stopped(context.id, attempt: context.attempt, stop))
            throw error
        } catch {
            if let error = error as? QueueError, ![.leaseLost, .unknownParent].contains(error.code) {
                log.write(.failed("\(error)"))
            }
            let stop: LogLine.Stop = context.cancellation == .leaseLost ? .loss : .interruption
            log.write(.stopped(context.id, attempt: context.attempt, stop))
            throw error
        }
        log.write(.stopped(context.id, attempt: context.attempt, stop))
    }
}

/// A coder for queues whose jobs code themselves.
struct PlainCoder: PayloadCoder {
    func encode<Value: Encodable>(_ value: Value) throws -> [UInt8] {
        throw QueueError(.invalidOption, "plans code themselves")
    }

    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        throw QueueError(.invalidOption, "plans code themselves")
    }
}
