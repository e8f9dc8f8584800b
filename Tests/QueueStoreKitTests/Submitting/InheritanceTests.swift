import QueueModel
import QueueStoreKit
import Testing

@Suite("What a child inherits") struct InheritanceTests {
    @Test("D12 a child is at least as urgent as its parent, and worth starting no longer")
    func inheritance() {
        let (early, late) = (Timestamp(milliseconds: 1), Timestamp(milliseconds: 2))
        let cases: [(Timestamp?, Timestamp?, Timestamp?)] = [
            (nil, nil, nil), (early, nil, early), (nil, late, late), (early, late, early), (late, early, early),
        ]
        for (own, ofParent, expected) in cases {
            let child = JobSubmission(type: "work", expiresAt: own).inheriting(priority: .idle, expiresAt: ofParent)
            #expect(child.expiresAt == expected)
            #expect(child.priority == .normal)
        }
        #expect(JobSubmission(type: "work").inheriting(priority: .high, expiresAt: nil).priority == .high)
    }
}
