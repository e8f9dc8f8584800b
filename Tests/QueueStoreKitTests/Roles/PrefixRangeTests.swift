import QueueModel
import Testing

@testable import QueueStoreKit

@Suite("Prefixes")
struct PrefixRangeTests {
    @Test(
        "Q2 a prefix is a range in the order of the bytes",
        arguments: [
            ("a", "b"), ("ab", "ac"), ("a\u{7F}", "a\u{80}"), ("\u{D7FF}", "\u{E000}"), ("a\u{10FFFF}", "b"),
            ("a\u{10FFFF}\u{10FFFF}", "b"), ("\u{10FFFF}", nil), ("", nil),
        ] as [(String, String?)])
    func upper(_ prefix: String, _ upper: String?) {
        let range = PrefixRange(prefix)
        #expect(range.lower == prefix)
        #expect(range.upper.map { Array($0.utf8) } == upper.map { Array($0.utf8) })
    }

    @Test("Q2 what begins with a prefix is in its range, and nothing else is")
    func contains() {
        let texts = [
            "", "a", "aa", "a\u{301}", "\u{E1}", "b", "a\u{10FFFF}z", "A", "\u{10FFFF}", "a\u{D7FF}", "a\u{E000}",
        ]
        for prefix in texts {
            let range = PrefixRange(prefix)
            for text in texts {
                let isBehindStart = !text.utf8.lexicographicallyPrecedes(range.lower.utf8)
                let isBeforeEnd = range.upper.map { text.utf8.lexicographicallyPrecedes($0.utf8) } ?? true
                #expect(
                    range.contains(text) == (isBehindStart && isBeforeEnd),
                    "\(prefix.debugDescription) \(text.debugDescription)")
            }
        }
    }
}
