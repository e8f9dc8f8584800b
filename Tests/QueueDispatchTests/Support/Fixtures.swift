import Foundation
import QueueDispatch
import QueueModel
import QueueTesting

/// The coder of the tests: what the umbrella module gives its users.
struct TestCoder: PayloadCoder {
    func encode<Value: Encodable>(_ value: Value) throws -> [UInt8] {
        Array(try JSONEncoder().encode(value))
    }

    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        try JSONDecoder().decode(type, from: Data(bytes))
    }
}

/// A job whose executor is given by each test.
struct Work: Job, Hashable {
    static let type: JobType = "work"
    var name: String

    init(_ name: String = "a") {
        self.name = name
    }
}

/// Runs a closure for each ``Work``, and another when one was cancelled.
struct Worker: JobExecutor {
    let body: @Sendable (Work, JobContext) async throws -> Void
    let cleanUp: @Sendable (Work, JobContext) async -> Void

    init(
        _ body: @escaping @Sendable (Work, JobContext) async throws -> Void = { _, _ in },
        cancelled cleanUp: @escaping @Sendable (Work, JobContext) async -> Void = { _, _ in }
    ) {
        self.body = body
        self.cleanUp = cleanUp
    }

    @concurrent func execute(_ job: Work, in context: JobContext) async throws {
        try await body(job, context)
    }

    @concurrent func cancelled(_ job: Work, in context: JobContext) async {
        await cleanUp(job, context)
    }
}

/// A second job type.
struct Other: Job, Hashable {
    static let type: JobType = "other"
    var name: String

    init(_ name: String = "b") {
        self.name = name
    }
}

/// Runs a closure for each ``Other``.
struct OtherWorker: JobExecutor {
    let body: @Sendable (Other, JobContext) async throws -> Void

    init(_ body: @escaping @Sendable (Other, JobContext) async throws -> Void = { _, _ in }) {
        self.body = body
    }

    @concurrent func execute(_ job: Other, in context: JobContext) async throws {
        try await body(job, context)
    }
}

/// An error that says nothing of what should become of the job.
struct PlainError: Error {}

extension QueueConfiguration {
    /// The configuration of most tests: small, quiet and repeatable.
    static func test(concurrency: Int = 4) -> QueueConfiguration {
        var configuration = QueueConfiguration(coder: TestCoder(), concurrency: concurrency)
        configuration.seed = 1
        configuration.log = SilentLog()
        return configuration
    }
}

/// A log that nobody reads.
struct SilentLog: LogSink {
    func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
}
