import QueueBackoff
import QueueModel
import Testing

@Suite("Validation") struct ValidationTests {
    /// A change of a good submission, and the code of the error that it leads to; `nil`: it is allowed.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: QueueError.Code?
        let change: @Sendable (inout JobSubmission) -> Void

        init(_ name: String, _ code: QueueError.Code?, _ change: @escaping @Sendable (inout JobSubmission) -> Void) {
            testDescription = name
            self.code = code
            self.change = change
        }
    }

    private static func text(_ bytes: Int) -> String { String(repeating: "x", count: bytes) }

    private static let texts: [Case] = {
        let fields: [(String, @Sendable (inout JobSubmission, String) -> Void)] = [
            ("type", { $0.type = JobType($1) }), ("group", { $0.group = $1 }), ("label", { $0.label = $1 }),
            ("key", { $0.key = .text($1) }),
        ]
        return fields.flatMap { name, set in
            [
                Case("\(name) empty", .invalidText) { set(&$0, "") },
                Case("\(name) of 513 bytes", .invalidText) { set(&$0, text(513)) },
                Case("\(name) of 257 characters of 2 bytes", .invalidText) {
                    set(&$0, String(repeating: "é", count: 257))
                },
                Case("\(name) with a NUL", .invalidText) { set(&$0, "a\0b") },
                Case("\(name) of 512 bytes", nil) { set(&$0, text(512)) },
                Case("\(name) of 128 characters of 4 bytes", nil) { set(&$0, String(repeating: "🐎", count: 128)) },
                Case("\(name) of 1 byte", nil) { set(&$0, "x") },
            ]
        }
    }()

    private static let tags: [Case] = [
        Case("65 tags", .tooManyTags) { $0.tags = (0..<65).map { Tag("\($0)", "") } },
        Case("64 tags", nil) { $0.tags = (0..<64).map { Tag("\($0)", "") } },
        Case("tag key twice", .invalidTag) { $0.tags = [Tag("a", "1"), Tag("b", "1"), Tag("a", "2")] },
        Case("tag value twice", nil) { $0.tags = [Tag("a", "1"), Tag("b", "1")] },
        Case("tag key empty", .invalidTag) { $0.tags = [Tag("", "1")] },
        Case("tag key of 129 bytes", .invalidTag) { $0.tags = [Tag(text(129), "1")] },
        Case("tag key of 128 bytes", nil) { $0.tags = [Tag(text(128), "1")] },
        Case("tag key with a NUL", .invalidTag) { $0.tags = [Tag("a\0", "1")] },
        Case("tag value of 513 bytes", .invalidTag) { $0.tags = [Tag("a", text(513))] },
        Case("tag value of 512 bytes", nil) { $0.tags = [Tag("a", text(512))] },
        Case("tag value with a NUL", .invalidTag) { $0.tags = [Tag("a", "\0")] },
        Case("tag value empty", nil) { $0.tags = [Tag("a", "")] },
    ]

    private static let others: [Case] = [
        Case("payload of 1 MiB and 1 byte", .payloadTooLarge) {
            $0.payload = [UInt8](repeating: 0, count: 1 << 20 + 1)
        },
        Case("payload of 1 MiB", nil) { $0.payload = [UInt8](repeating: 0, count: 1 << 20) },
        Case("payload empty", nil) { $0.payload = [] },
        Case("version below 0", .invalidOption) { $0.payloadVersion = -1 },
        Case("version 0", nil) { $0.payloadVersion = 0 },
        Case("version 2147483647", nil) { $0.payloadVersion = 2_147_483_647 },
        Case("version 2147483648", .invalidOption) { $0.payloadVersion = 2_147_483_648 },
        Case("timeout 0", .invalidOption) { $0.timeout = .zero },
        Case("timeout below 0", .invalidOption) { $0.timeout = .seconds(-1) },
        Case("timeout of 1 ns", nil) { $0.timeout = .nanoseconds(1) },
        Case("retry with a negative delay", .invalidOption) { $0.retry = .constant(.seconds(-1)) },
        Case("retry with negative retries", .invalidOption) { $0.retry = .immediate(retries: -1) },
        Case("no retries", nil) { $0.retry = .immediate(retries: 0) },
        Case("expected disk reads below 0", .invalidOption) { $0.expectedIO = IOAmount(diskRead: -1) },
        Case("expected disk writes below 0", .invalidOption) { $0.expectedIO = IOAmount(diskWritten: -1) },
        Case("expected receipts below 0", .invalidOption) { $0.expectedIO = IOAmount(networkReceived: -1) },
        Case("expected sends below 0", .invalidOption) { $0.expectedIO = IOAmount(networkSent: -1) },
        Case("no IO expected", nil) { $0.expectedIO = .zero },
        Case("100 001 dependencies", .invalidOption) {
            $0.dependencies = (1...100_001).map { .job(JobID($0)) }
        },
        Case("100 000 dependencies", nil) { $0.dependencies = (1...100_000).map { .job(JobID($0)) } },
        Case("payload's bytes as the key", nil) { $0.key = .payload([]) },
    ]

    @Test("S7 each part of a submission has its limits", arguments: texts + tags + others)
    func limits(_ each: Case) {
        var submission = JobSubmission(type: "work", payload: [1])
        each.change(&submission)
        do throws(QueueError) {
            try submission.validate()
            #expect(each.code == nil)
        } catch {
            #expect(error.code == each.code)
            #expect(error.index == nil)
            #expect(!error.isTransient)
        }
    }

    @Test("S7 the payload's limit can be set", arguments: [0, 1, 10, 2 << 20])
    func payloadLimit(bytes: Int) throws {
        let limits = JobSubmission.Limits(payloadBytes: bytes)
        try JobSubmission(type: "work", payload: [UInt8](repeating: 7, count: bytes)).validate(limits: limits)
        let error = #expect(throws: QueueError.self) {
            try JobSubmission(type: "work", payload: [UInt8](repeating: 7, count: bytes + 1)).validate(limits: limits)
        }
        #expect(error?.code == .payloadTooLarge)
    }

    @Test(
        "Q1 a page holds 1 to 10 000 jobs",
        arguments: [(0, false), (-1, false), (10_001, false), (1, true), (10_000, true)])
    func queryLimit(limit: Int, isAllowed: Bool) {
        let query = JobQuery(limit: limit)
        if isAllowed {
            #expect(throws: Never.self) { try query.validate() }
        } else {
            #expect(throws: QueueError.self) { try query.validate() }
        }
    }

    @Test("S7 an error says what and where in one line")
    func errorDescription() {
        let error = QueueError(.invalidTag, "the tag key is empty", underlying: PlainError()).at(index: 3)
        #expect(error.description == "invalidTag: the tag key is empty (submission 3 of the batch) (PlainError())")
    }

    struct PlainError: Error {}
}
