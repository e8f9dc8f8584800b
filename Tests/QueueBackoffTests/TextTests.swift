import Foundation
import QueueBackoff
import Testing

@Suite("Text form")
struct TextTests {
    @Test(
        "A policy has this text, in every release",
        arguments: [
            (.default, "retry/1 exponential from=1s factor=2 upto=300s jitter=full retries=3 deadline=none"),
            (.none, "retry/1 constant delay=0s jitter=none retries=0 deadline=none"),
            (
                .immediate(retries: RetryPolicy.unlimited, deadline: .seconds(5)),
                "retry/1 constant delay=0s jitter=none retries=unlimited deadline=5s"
            ),
            (
                .linear(from: .seconds(1), by: .milliseconds(1500), upTo: .microseconds(7), jitter: .equal, retries: 9),
                "retry/1 linear from=1s by=1500ms upto=7us jitter=equal retries=9 deadline=none"
            ),
            (
                .exponential(from: .nanoseconds(1), factor: 1.1, upTo: .seconds(Int64.max), jitter: .decorrelated),
                "retry/1 exponential from=1ns factor=1.1 upto=none jitter=decorrelated retries=3 deadline=none"
            ),
        ] as [(RetryPolicy, String)])
    func golden(_ policy: RetryPolicy, _ text: String) {
        #expect(policy.description == text)
        #expect(RetryPolicy(text) == policy)
    }

    @Test(
        "A back-off has this text, in every release",
        arguments: [
            (.constant(.seconds(90), jitter: .full), "backoff/1 constant delay=90s jitter=full"),
            (
                .linear(from: .zero, by: .seconds(2), upTo: .seconds(60)),
                "backoff/1 linear from=0s by=2s upto=60s jitter=none"
            ),
            (
                .exponential(from: .milliseconds(100), factor: 1e20, upTo: .seconds(60)),
                "backoff/1 exponential from=100ms factor=1e+20 upto=60s jitter=none"
            ),
            (
                .exponential(from: .seconds(-1), factor: .nan, upTo: .nanoseconds(Int64.min)),
                "backoff/1 exponential from=-1s factor=nan upto=-9223372036854775808ns jitter=none"
            ),
        ] as [(Backoff, String)])
    func goldenBackoff(_ backoff: Backoff, _ text: String) {
        #expect(backoff.description == text)
        #expect(Backoff(text) == backoff)
    }

    @Test("Every value reads back from its text as itself, valid or not")
    func roundTrip() {
        let failed = (Samples.curves + Samples.extremes).filter { Backoff($0.description) != $0 }
        #expect(failed.isEmpty)
    }

    @Test("Every policy reads back from its text as itself, valid or not")
    func policyRoundTrip() {
        for retries in [Int.min, -1, 0, 1, .max - 1, .max] {
            for deadline: Duration? in [nil, .zero, .seconds(-1), .milliseconds(1), Duration(attoseconds: .max)] {
                for backoff in Samples.curves {
                    let policy = RetryPolicy(backoff: backoff, maximumRetries: retries, deadline: deadline)
                    #expect(RetryPolicy(policy.description) == policy)
                }
            }
        }
    }

    @Test("Random values read back from their texts as themselves")
    func randomRoundTrip() {
        var generator = FastRandom(seed: 99)
        for _ in 0..<2000 {
            let backoff = Backoff.exponential(
                from: .nanoseconds(Int64(truncatingIfNeeded: generator.next()) >> (generator.next() % 64)),
                factor: Double(bitPattern: generator.next()),
                upTo: .nanoseconds(Int64(truncatingIfNeeded: generator.next()) >> (generator.next() % 64)),
                jitter: Jitter.allCases[Int(generator.next() % 4)])
            #expect(Backoff(backoff.description) == backoff)
        }
    }

    @Test(
        "What is not exactly a text form is refused",
        arguments: [
            "", " ", "backoff/1", "backoff/1 ", "constant delay=1s jitter=none",
            "backoff/2 constant delay=1s jitter=none",
            "Backoff/1 constant delay=1s jitter=none",
            "backoff/1 constant delay=1s",
            "backoff/1 constant delay=1s jitter=some",
            "backoff/1 constant delay=1s jitter=none ",
            " backoff/1 constant delay=1s jitter=none",
            "backoff/1  constant delay=1s jitter=none",
            "backoff/1 constant delay=1s jitter=none\n",
            "backoff/1 constant delay=1s jitter=none retries=3 deadline=none",
            "backoff/1 constant delay=1s upto=1s jitter=none",
            "backoff/1 constant jitter=none delay=1s",
            "backoff/1 constant delay= jitter=none",
            "backoff/1 constant delay=s jitter=none",
            "backoff/1 constant delay=1 jitter=none",
            "backoff/1 constant delay=+1s jitter=none",
            "backoff/1 constant delay=01s jitter=none",
            "backoff/1 constant delay=-0s jitter=none",
            "backoff/1 constant delay=1.5s jitter=none",
            "backoff/1 constant delay=1000ms jitter=none",
            "backoff/1 constant delay=0ms jitter=none",
            "backoff/1 constant delay=1m jitter=none",
            "backoff/1 constant delay=1S jitter=none",
            "backoff/1 constant delay=none jitter=none",
            "backoff/1 constant delay=9223372036854775807s jitter=none",
            "backoff/1 constant delay=99999999999999999999ns jitter=none",
            "backoff/1 constant delay=1\u{301}s jitter=none",
            "backoff/1 quadratic from=1s upto=60s jitter=none",
            "backoff/1 linear from=1s upto=60s jitter=none",
            "backoff/1 linear from=1s by=1s jitter=none",
            "backoff/1 exponential from=1s factor=2.0 upto=60s jitter=none",
            "backoff/1 exponential from=1s factor=0x2 upto=60s jitter=none",
            "backoff/1 exponential from=1s factor=two upto=60s jitter=none",
            "backoff/1 exponential from=1s factor=NaN upto=60s jitter=none",
            "backoff/1 exponential from=1s factor=-nan upto=60s jitter=none",
            "backoff/1 exponential from=1s factor=snan upto=60s jitter=none",
            "backoff/1 exponential from=1s factor=nan(0x1) upto=60s jitter=none",
            "backoff/1 exponential from=1s factor= upto=60s jitter=none",
            "backoff/1 exponential from=1s factor=2 upto=9223372036854775807ns jitter=none",
            "backoff/1 exponential from=1s factor=2 upto=None jitter=none",
        ])
    func malformed(_ text: String) {
        #expect(Backoff(text) == nil)
    }

    @Test(
        "What is not exactly the text form of a policy is refused",
        arguments: [
            "", "retry/1", "retry/1 retries=3 deadline=none",
            "backoff/1 constant delay=1s jitter=none",
            "backoff/1 constant delay=1s jitter=none retries=3 deadline=none",
            "retry/2 constant delay=1s jitter=none retries=3 deadline=none",
            "retry/1 constant delay=1s jitter=none",
            "retry/1 constant delay=1s jitter=none retries=3",
            "retry/1 constant delay=1s jitter=none deadline=none retries=3",
            "retry/1 constant delay=1s jitter=none retries=3 deadline=none x=1",
            "retry/1 constant delay=1s jitter=none retries= deadline=none",
            "retry/1 constant delay=1s jitter=none retries=none deadline=none",
            "retry/1 constant delay=1s jitter=none retries=03 deadline=none",
            "retry/1 constant delay=1s jitter=none retries=3.0 deadline=none",
            "retry/1 constant delay=1s jitter=none retries=9223372036854775807 deadline=none",
            "retry/1 constant delay=1s jitter=none retries=9223372036854775808 deadline=none",
            "retry/1 constant delay=1s jitter=none retries=3 deadline=unlimited",
            "retry/1 constant delay=1s jitter=none retries=3 deadline=60000ms",
            "retry/1 constant delay=1s jitter=none retries=3 deadline=none\0",
        ])
    func malformedPolicy(_ text: String) {
        #expect(RetryPolicy(text) == nil)
    }

    @Test("A damaged text is refused, or is the text of what it reads as")
    func damaged() {
        var generator = FastRandom(seed: 17)
        let bytes = Array("0123456789.=/ -+abcdefghijklmnopqrstuvwxyz".utf8)
        var accepted = 0
        for _ in 0..<5000 {
            let policy = RetryPolicy(backoff: Samples.curves[Int(generator.next() % 5)])
            var text = Array(policy.description.utf8)
            let position = Int(generator.next() % UInt64(text.count))
            switch generator.next() % 3 {
            case 0: text[position] = bytes[Int(generator.next() % UInt64(bytes.count))]
            case 1: text.remove(at: position)
            default: text.insert(bytes[Int(generator.next() % UInt64(bytes.count))], at: position)
            }
            let damaged = String(decoding: text, as: UTF8.self)
            guard let read = RetryPolicy(damaged) else { continue }
            accepted += 1
            #expect(read.description == damaged)
        }
        // A digit may become another one, which is a text again; most damage is not.
        #expect(accepted > 0 && accepted < 2500)
    }

    @Test("A value is coded as its text", arguments: Samples.curves)
    func codable(_ backoff: Backoff) throws {
        let policy = RetryPolicy(backoff: backoff, maximumRetries: 4, deadline: .seconds(60))
        let data = try JSONEncoder().encode([policy])
        #expect(try JSONDecoder().decode([String].self, from: data) == [policy.description])
        #expect(try JSONDecoder().decode([RetryPolicy].self, from: data) == [policy])
        let bare = try JSONEncoder().encode(backoff)
        #expect(try JSONDecoder().decode(Backoff.self, from: bare) == backoff)
    }

    @Test("Decoding another text is a decoding error")
    func undecodable() {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(RetryPolicy.self, from: Data(#""exponential""#.utf8))
        }
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Backoff.self, from: Data("3".utf8)) }
    }
}
