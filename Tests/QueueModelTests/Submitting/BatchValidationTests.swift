import QueueModel
import Testing

@Suite("Batches") struct BatchValidationTests {
    private func batch(_ references: [[Int]]) -> [JobSubmission] {
        references.map { JobSubmission(type: "work", dependencies: $0.map { .submission($0) }) }
    }

    private func error(_ batch: [JobSubmission]) -> QueueError? {
        do throws(QueueError) {
            try JobSubmission.validate(batch)
            return nil
        } catch {
            return error
        }
    }

    @Test("S6 the error of a batch names the first submission at fault", arguments: [0, 1, 4])
    func indexOfError(place: Int) {
        var submissions = batch(Array(repeating: [], count: 5))
        submissions[place].group = ""
        if place < 4 { submissions[4].label = "" }
        #expect(error(submissions)?.index == place)
        #expect(error(submissions)?.code == .invalidText)
    }

    @Test("S7 a reference outside of the batch is an unknown dependency", arguments: [-1, 3, Int.max, Int.min])
    func outside(reference: Int) {
        let error = error(batch([[], [reference], []]))
        #expect(error?.code == .unknownDependency)
        #expect(error?.index == 1)
    }

    @Test(
        "D11 references forward and backward, a diamond and repeated references are fine",
        arguments: [[[]], [[1], []], [[], [0]], [[], [0], [0], [1, 2]], [[1, 1], []], [[3], [0], [1], []], []])
    func allowed(references: [[Int]]) {
        #expect(error(batch(references)) == nil)
    }

    @Test(
        "S7 a cycle is refused and its path named",
        arguments: [
            ([[0]], "0 → 0"), ([[1], [0]], "0 → 1 → 0"), ([[], [2], [3], [1]], "1 → 2 → 3 → 1"),
            ([[1], [2], [1]], "1 → 2 → 1"), ([[], [0, 2], [0, 1]], "1 → 2 → 1"),
        ])
    func cycle(references: [[Int]], path: String) {
        let error = error(batch(references))
        #expect(error?.code == .dependencyCycle)
        #expect(error?.message.hasSuffix(path) == true)
        #expect(error?.index.map { path.hasPrefix("\($0) ") } == true)
    }

    @Test("S7 long chains need no stack, with a cycle at the end or none")
    func longChains() {
        let count = 200_000
        var submissions = batch((0..<count).map { $0 == 0 ? [] : [$0 - 1] })
        #expect(error(submissions) == nil)
        submissions[0].dependencies = [.submission(count - 1)]
        #expect(error(submissions)?.code == .dependencyCycle)
    }
}
