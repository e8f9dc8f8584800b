import QueueBackoff
import QueueModel
import QueueStoreKit
import Testing

enum SubmissionContentChecks {
    /// Strings that stores may corrupt.
    private static let texts: [String] = [
        "plain", "with space", "it's \"quoted\"", "100%_done\\", "';DROP TABLE job;--", "grüße", "日本語", "👩‍👩‍👧‍👦 𝕏",
        "\u{1}\n\t",
        "e\u{301}", "\u{e9}", String(repeating: "ä", count: 256), "%", "_", "*?[a-z]", "null",
    ]

    static let all: [ConformanceCheck] = [
        ConformanceCheck("S1 all settings of a submission are in the record, before and after reading it back") {
            scene in
            let parent = try await scene.add("other")
            let submission = JobSubmission(
                type: "work", payload: [1, 2, 3], payloadVersion: 7, priority: .high, group: "g", key: .text("k"),
                label: "a label", tags: [Tag("b", "2"), Tag("a", "1")], runAfter: t(5), expiresAt: t(50),
                parent: parent, failFast: false, timeout: .milliseconds(1500),
                expectedIO: IOAmount(diskRead: 1, diskWritten: 2, networkReceived: 3, networkSent: 4))
            let record = try await scene.record(scene.add(submission))
            #expect(record.type == "work")
            #expect(record.payload == [1, 2, 3])
            #expect(record.payloadVersion == 7)
            #expect(record.priority == .high)
            #expect(record.group == "g")
            #expect(record.key == .text("k"))
            #expect(record.label == "a label")
            #expect(record.tags == [Tag("b", "2"), Tag("a", "1")], "tags keep their order")
            #expect(record.runAfter == t(5))
            #expect(record.expiresAt == t(50))
            #expect(record.parent == parent)
            #expect(!record.failFast)
            #expect(record.timeout == .milliseconds(1500))
            #expect(
                record.expectedIO == IOAmount(diskRead: 1, diskWritten: 2, networkReceived: 3, networkSent: 4))
            #expect(record.retry == nil)
        },
        ConformanceCheck("S1 a submission's own retry policy is read back unchanged, and so is a missing one") {
            scene in
            let with = try await scene.add(JobSubmission(type: "work", retry: .default))
            let without = try await scene.add()
            #expect(try await scene.record(with).retry == .default)
            #expect(try await scene.record(without).retry == nil)
        },
        ConformanceCheck("S1 a claimed job has everything that the stored one has") { scene in
            let id = try await scene.add(
                JobSubmission(
                    type: "work", payload: [9], payloadVersion: 3, group: "g", key: .payload([9]), label: "l",
                    tags: [Tag("k", "v")], expiresAt: t(99), retry: .default, timeout: .seconds(4),
                    expectedIO: IOAmount(networkSent: 5)))
            let claimed = try await scene.claimOnly(id)
            #expect(claimed == (try await scene.record(id)))
        },
        ConformanceCheck("S1 strings of every kind are read back byte for byte") { scene in
            for text in texts {
                let id = try await scene.add(
                    JobSubmission(
                        type: JobType(text), group: text, key: .text(text), onDuplicate: .supersede, label: text,
                        tags: [Tag(String(text.prefix(60)), text)]))
                let record = try await scene.record(id)
                let bytes = Array(text.utf8)
                #expect(Array(record.type.rawValue.utf8) == bytes, "type \(text)")
                #expect(record.group.map { Array($0.utf8) } == bytes, "group \(text)")
                #expect(record.label.map { Array($0.utf8) } == bytes, "label \(text)")
                #expect(record.tags.first.map { Array($0.value.utf8) } == bytes, "tag value \(text)")
                guard case .text(let key)? = record.key else {
                    Issue.record("the key of \(text) is \(String(describing: record.key))")
                    continue
                }
                #expect(Array(key.utf8) == bytes, "key \(text)")
            }
        },
        ConformanceCheck("S1 strings of every kind are found by a query") { scene in
            for (index, text) in texts.enumerated() {
                let type = JobType("type \(index)")
                let id = try await scene.add(
                    JobSubmission(type: type, group: text, key: .text(text), tags: [Tag("t", text)]))
                let queries = [
                    JobQuery(types: [type], group: text), JobQuery(types: [type], tags: [Tag("t", text)]),
                    JobQuery(types: [type], key: .text(text)),
                ]
                for query in queries {
                    #expect(try await scene.store.jobs(query).jobs.map(\.id) == [id], "\(query)")
                }
            }
        },
        ConformanceCheck("S1 a missing payload is an empty one, and stays so") { scene in
            let id = try await scene.add(JobSubmission(type: "work", payload: []))
            #expect(try await scene.record(id).payload == [])
            #expect(try await scene.claimOnly(id).payload == [])
        },
        ConformanceCheck("S1 payloads of every size are read back byte for byte") { scene in
            for size in [1, 100, 1000, 1023, 1024, 1025, 4096, 65_537, 1 << 20] {
                let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                let id = try await scene.add(JobSubmission(type: "work", payload: payload))
                let read = try await scene.record(id).payload
                #expect(read == payload, "a payload of \(size) bytes")
                let claimed = try await scene.claimOnly(id)
                #expect(claimed.payload == payload, "a claimed payload of \(size) bytes")
                try await scene.finish(claimed)
                #expect(try await scene.record(id).payload == payload, "an ended job's payload of \(size) bytes")
            }
        },
        ConformanceCheck("S1 instants and durations at the ends of their ranges are read back unchanged") { scene in
            let id = try await scene.add(
                JobSubmission(
                    type: "work", runAfter: .distantPast, expiresAt: .distantFuture, timeout: .milliseconds(1),
                    expectedIO: IOAmount(diskRead: .max)))
            let record = try await scene.record(id)
            #expect(record.runAfter == .distantPast)
            #expect(record.expiresAt == .distantFuture)
            #expect(record.timeout == .milliseconds(1))
            #expect(record.expectedIO == IOAmount(diskRead: .max))
        },
        ConformanceCheck("S1 an expected I/O of zero differs from an unknown one") { scene in
            let says = try await scene.add(JobSubmission(type: "work", expectedIO: .zero))
            let silent = try await scene.add()
            #expect(try await scene.record(says).expectedIO == .zero)
            #expect(try await scene.record(silent).expectedIO == nil)
        },
        ConformanceCheck("S10 a payload's version stays with it: in retries, in history and in copies") { scene in
            for version in [0, 1, Int(Int32.max)] {
                let key = Uniqueness.Key.text("k\(version)")
                let submission = JobSubmission(
                    type: "work", payload: [1], payloadVersion: version, key: key, onDuplicate: .rerun)
                let id = try await scene.add(submission)
                try await scene.finish(scene.claimOnly(id), .retry(at: t(3), .passing), at: t(2))
                #expect(try await scene.record(id).payloadVersion == version, "after a retry")
                let claimed = try await scene.claimOnly(id, at: t(3))
                #expect(claimed.payloadVersion == version, "as it is claimed again")
                #expect(try await scene.store.submit(submission, at: t(3)) == .rerunQueued(id))
                try await scene.finish(claimed, at: t(4))
                #expect(try await scene.record(id).payloadVersion == version, "in history")
                let copy = try #require(try await scene.store.jobs(JobQuery(states: [.pending], key: key)).jobs.first)
                #expect(copy.payloadVersion == version, "of the copy that runs once more")
                try await scene.run(copy.id, .deadLetter(.passing), at: t(5))
                let again = try await scene.store.resubmit(copy.id, at: t(6)).id
                #expect(try await scene.record(again).payloadVersion == version, "of the dead letter submitted again")
                try await scene.run(again, at: t(7))
            }
        },
        ConformanceCheck("S7 sixty-four tags of the largest size are stored") { scene in
            let tags = (0..<64).map {
                Tag("\($0)" + String(repeating: "k", count: 120), String(repeating: "v", count: 512))
            }
            let id = try await scene.add(JobSubmission(type: "work", tags: tags))
            #expect(try await scene.record(id).tags == tags)
        },
        ConformanceCheck("S1 the value of a tag may be empty") { scene in
            let id = try await scene.add(JobSubmission(type: "work", tags: [Tag("empty", "")]))
            #expect(try await scene.record(id).tags == [Tag("empty", "")])
            #expect(try await scene.store.count(JobQuery(tags: [Tag("empty", "")])) == 1)
        },
    ]
}
