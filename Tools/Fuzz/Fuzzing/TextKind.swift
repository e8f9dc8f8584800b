import Millrace
import QueueBackoff
import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting

/// What decodes a text or bytes that somebody else may have written.
public enum TextKind: String, Hashable, Sendable, CaseIterable {
    /// A cron expression.
    case cron
    /// A recurrence, as it is stored.
    case recurrence
    /// A retry policy, as it is stored.
    case retry
    /// A back-off, as it is stored.
    case backoff
    /// The statistics of a type, as they are stored.
    case tally
    /// JSON of a payload, of a submission, of a query.
    case json
    /// The names of a submission: type, group, key, label, tag.
    case names

    private var samples: [[UInt8]] {
        switch self {
        case .cron:
            ["* * * * *", "*/15 0-5,9 1,L * MON-FRI", "0 0 29 2 *", "@daily", "59 23 31 12 7"].map { Array($0.utf8) }
        case .recurrence:
            [
                "recurrence/1 every=900s occurrences=none delay=0s",
                "recurrence/1 cron=30 3 * * MON-FRI zone=Europe/Berlin occurrences=10 delay=1500ms",
                "recurrence/1 every=9223372036854775807ms occurrences=9223372036854775807 delay=0s",
            ].map { Array($0.utf8) }
        case .retry:
            [
                "retry/1 exponential from=1s factor=2 upto=60s jitter=full retries=5 deadline=none",
                "retry/1 linear from=1s by=9223372036s upto=none jitter=decorrelated retries=unlimited deadline=1ns",
            ].map { Array($0.utf8) }
        case .backoff:
            [
                "backoff/1 constant delay=1s jitter=none", "backoff/1 linear from=1s by=500ms upto=60s jitter=equal",
                "backoff/1 exponential from=1s factor=1.5 upto=none jitter=full",
                "backoff/1 exponential from=9223372036s factor=1e308 upto=none jitter=equal",
            ].map { Array($0.utf8) }
        case .tally:
            [Self.tally(1), Self.tally(1000)]
        case .json:
            [
                #"{"name":"a","sizes":[1,2.5,-3],"more":{"a":null},"date":1e9}"#,
                #"{"type":"work","payload":[1],"payloadVersion":0,"priority":128,"tags":[],"dependencies":[]}"#,
                #"{"states":[0],"types":["work"],"limit":100,"order":1}"#,
            ].map { Array($0.utf8) }
        case .names:
            ["work", "media.thumbnail", "é\u{301}\u{200D}👩‍👩‍👧", String(repeating: "x", count: 512)].map { Array($0.utf8) }
        }
    }

    private static func tally(_ count: Int) -> [UInt8] {
        var tally = TypeTally(since: .sample)
        for number in 0..<20 {
            tally.ended(as: .completed, count: count, at: .sample.advanced(by: .seconds(number)))
            tally.ran(from: .sample, to: .sample.advanced(by: .milliseconds(1 << number)), io: .zero, count: count)
        }
        return tally.bytes
    }

    /// Bytes by chance: a valid text that was changed in a few places, or any.
    func random(using generator: inout SplitMix64) -> [UInt8] {
        if generator.roll(8) == 0 { return generator.bytes(upTo: 200) }
        var bytes = generator.pick(samples)
        for _ in 0...generator.roll(4) {
            let place = generator.roll(bytes.count + 1)
            switch generator.roll(7) {
            case 0: bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: place)
            case 1: bytes.insert(contentsOf: Array("\(generator.hostileInteger())".utf8), at: place)
            case 2:
                bytes.insert(
                    contentsOf: generator.pick([
                        [0], [0xFF], [0xCC, 0x81], Array("\u{202E}".utf8), Array(repeating: 0x5B, count: 600),
                    ]), at: place)
            case 3: bytes.removeLast(bytes.count - place)
            case 4: bytes += bytes.prefix(place)
            default:
                if place < bytes.count {
                    bytes[place] =
                        generator.roll(2) == 0
                        ? UInt8(48 + generator.roll(10)) : UInt8(truncatingIfNeeded: generator.next())
                }
            }
        }
        return bytes
    }

    /// Decodes bytes and uses what comes of it; returns what must not be so.
    func attempt(_ bytes: [UInt8]) async -> [String] {
        let text = String(decoding: bytes, as: UTF8.self)
        switch self {
        case .cron: return Self.cron(text)
        case .recurrence: return Self.recurrence(text)
        case .retry: return Self.retry(text)
        case .backoff: return Self.backoff(text)
        case .tally: return Self.tally(bytes)
        case .json: return Self.json(bytes)
        case .names: return await Self.names(text)
        }
    }

    private static let instants: [Timestamp] = [.distantPast, .sample, .distantFuture, Timestamp(milliseconds: -1)]

    private static func cron(_ text: String) -> [String] {
        do {
            let expression = try CronExpression(parsing: text)
            guard CronExpression(expression.description) == expression else { return ["cron: no text of its own"] }
            return recurrence("recurrence/1 cron=\(expression) zone=UTC occurrences=none delay=0s")
        } catch {
            return "\(error)".isEmpty ? ["cron: an error without words"] : []
        }
    }

    private static func recurrence(_ text: String) -> [String] {
        guard let recurrence = Recurrence(text) else { return [] }
        guard recurrence.description.utf8.elementsEqual(text.utf8) else { return ["recurrence: another text"] }
        guard let schedule = try? Schedule(recurrence) else { return [] }
        for instant in instants {
            _ = schedule.first(submittedAt: instant)
            if let next = schedule.next(after: instant), next <= instant { return ["recurrence: no later instant"] }
        }
        return []
    }

    private static func retry(_ text: String) -> [String] {
        guard let policy = RetryPolicy(text) else { return [] }
        guard policy.description.utf8.elementsEqual(text.utf8) else { return ["retry: another text"] }
        var generator = SplitMix64(seed: 1)
        for retries in [Int.min, 0, 1, 63, .max] {
            for elapsed in [Duration.seconds(Int64.min), .zero, .seconds(Int64.max)] {
                let decision = policy.decision(
                    retriesSoFar: retries, elapsed: elapsed, previousDelay: elapsed, using: &generator)
                if case .retry(let delay) = decision, delay < .zero { return ["retry: a negative delay"] }
            }
        }
        return backoff(policy.backoff.description)
    }

    private static func backoff(_ text: String) -> [String] {
        guard let backoff = Backoff(text) else { return [] }
        guard backoff.description.utf8.elementsEqual(text.utf8) else { return ["back-off: another text"] }
        var generator = SplitMix64(seed: 1)
        for retry in [Int.min, -1, 0, 1, 2, 63, 64, .max] {
            for previous in [nil, Duration.seconds(Int64.min), .nanoseconds(1), .seconds(Int64.max)] {
                if backoff.delay(forRetry: retry, previous: previous, using: &generator) < .zero {
                    return ["back-off: a negative delay"]
                }
            }
        }
        return []
    }

    private static func tally(_ bytes: [UInt8]) -> [String] {
        guard var tally = TypeTally(bytes: bytes) else { return [] }
        guard let again = TypeTally(bytes: tally.bytes), again.bytes == tally.bytes else {
            return ["tally: another form"]
        }
        for instant in instants {
            let statistics = tally.statistics(of: "work", at: instant)
            _ = (statistics.failures, statistics.durations.p99, statistics.durations.mean)
            var merged = statistics.durations
            merged.merge(merged)
            tally.retried()
            tally.claimed(JobRecord(id: JobID(1), type: "work", submittedAt: .distantPast), at: instant)
            tally.ended(as: .failed, count: 1000, at: instant)
            tally.ran(from: instant, to: .distantFuture, io: IOAmount(diskRead: .max), count: 3)
        }
        return TypeTally(bytes: tally.bytes) == nil ? ["tally: can't be read back"] : []
    }

    private struct Payload: Codable {
        var name: String
        var sizes: [Double]
        var more: [String: String?]
    }

    private static func json(_ bytes: [UInt8]) -> [String] {
        let coder = JSONCoder()
        if let payload = try? coder.decode(Payload.self, from: bytes) {
            guard (try? coder.encode(payload)) != nil else { return ["json: can't be written back"] }
        }
        if let query = try? coder.decode(JobQuery.self, from: bytes) { try? query.validate() }
        if let submission = try? coder.decode(JobSubmission.self, from: bytes) { try? submission.validate() }
        _ = try? coder.decode(RecurringJob.self, from: bytes).validate()
        _ = try? coder.decode(ClaimRequest.self, from: bytes)
        _ = try? coder.decode(Completion.self, from: bytes)
        return []
    }

    private static func names(_ text: String) async -> [String] {
        let submission = JobSubmission(
            type: JobType(text), group: text, key: .text(text), label: text, tags: [Tag("k", text)])
        do throws(QueueError) {
            try submission.validate()
        } catch {
            return error.description.contains(text) && text.utf8.count > 600 ? ["names: an endless error"] : []
        }
        do throws(QueueError) {
            let store = try await SQLiteJobStore(at: .memory)
            let id = try await store.submit(submission, at: .sample).id
            let query = JobQuery(
                types: [JobType(text)], group: text, tags: [Tag("k", text)], tagKeyPrefix: "k", key: .text(text))
            let found = try await store.jobs(query).jobs
            let check = try await store.check()
            await store.close()
            guard check.isEmpty, found.map(\.id) == [id], let record = found.first else { return ["names: not found"] }
            let texts = [record.type.rawValue, record.group, record.label, record.tags.first?.value]
            return texts.allSatisfy { $0?.utf8.elementsEqual(text.utf8) ?? false } ? [] : ["names: changed"]
        } catch {
            return ["names: \(error)"]
        }
    }
}

extension Timestamp {
    /// The instant at which samples were made.
    static let sample = Timestamp(milliseconds: 1_700_000_000_000)
}
