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
}

/// Runs a closure for each ``Work``.
struct Worker: JobExecutor {
    let body: @Sendable (Work, JobContext) async throws -> Void

    init(_ body: @escaping @Sendable (Work, JobContext) async throws -> Void = { _, _ in }) {
        self.body = body
    }

    @concurrent func execute(_ job: Work, in context: JobContext) async throws {
        try await body(job, context)
    }
}

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
