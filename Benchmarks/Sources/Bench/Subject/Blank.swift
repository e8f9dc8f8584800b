import QueueDispatch
import QueueModel
import Synchronization

/// A job without a payload, so that a row measures the queue and not a coder.
struct Blank: Job {
    static let type: JobType = "blank"

    func encodePayload(with coder: any PayloadCoder) throws -> [UInt8] { [] }

    static func decodePayload(_ bytes: [UInt8], version: Int, with coder: any PayloadCoder) throws -> Blank { Blank() }
}

/// The work of the executor of ``Blank``, after it has counted the call.
enum Behaviour: Sendable {
    case nothing
    /// Throws an error that no retry mends.
    case failForGood
    /// Throws an error that may pass.
    case fail
    /// Notes when it was called.
    case noteStart(StartLog)
    /// Reports 1 MiB that was written in steps of 1 KiB.
    case reportBytes
    /// Reports how far it is, 1 MiB in steps of 1 KiB.
    case reportProgress
    /// The same, and then waits.
    case reportProgressAndWait(Gate)

    static let reportedBytes: Int64 = 1 << 20
    private static let step: Int64 = 1 << 10

    func perform(in context: JobContext) async throws {
        switch self {
        case .nothing: break
        case .noteStart(let log): log.noteStart(of: context.id)
        case .failForGood: throw JobError.permanent("failed")
        case .fail: throw JobError.retryable("failed")
        case .reportBytes:
            for _ in 0..<Self.reportedBytes / Self.step { context.report(io: IOAmount(diskWritten: Self.step)) }
        case .reportProgress: reportProgress(in: context)
        case .reportProgressAndWait(let gate):
            reportProgress(in: context)
            await gate.wait()
        }
    }

    private func reportProgress(in context: JobContext) {
        for done in stride(from: Self.step, through: Self.reportedBytes, by: Int(Self.step)) {
            context.report(bytes: done, of: Self.reportedBytes)
        }
    }
}

/// Executes ``Blank``.
struct BlankExecutor: JobExecutor {
    let behaviour: Behaviour
    let executions: Counter

    @concurrent func execute(_ job: Blank, in context: JobContext) async throws {
        executions.increment()
        try await behaviour.perform(in: context)
    }
}

/// A number that any task may raise.
final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func increment() {
        count.add(1, ordering: .relaxed)
    }
}

/// Nothing is encoded in a benchmark; what tries to fails its row.
struct NoCoder: PayloadCoder {
    func encode<Value: Encodable>(_ value: Value) throws -> [UInt8] {
        throw Mismatch("values encoded", expected: 0, found: 1)
    }

    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        throw Mismatch("values decoded", expected: 0, found: 1)
    }
}
