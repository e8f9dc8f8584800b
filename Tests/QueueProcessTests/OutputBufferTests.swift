import Millrace
import Testing

@testable import QueueProcess

@Suite("Captured output") struct OutputBufferTests {
    private func capture(_ parts: [[UInt8]], as output: ProgramOutput) -> CapturedOutput {
        var buffer = OutputBuffer(for: output)
        for part in parts { part.withUnsafeBytes { buffer.append($0) } }
        return buffer.captured
    }

    @Test("E7 the beginning or the end of a stream is kept, however it comes", arguments: 0...12, 1...13)
    func parts(capacity: Int, size: Int) {
        let all = (0..<12).map { UInt8($0) }
        let parts = stride(from: 0, to: all.count, by: size).map { Array(all[$0..<min($0 + size, all.count)]) }
        let first = capture(parts, as: .first(bytes: capacity))
        let last = capture(parts, as: .last(bytes: capacity))
        #expect(first.bytes == Array(all.prefix(capacity)))
        #expect(last.bytes == Array(all.suffix(capacity)))
        #expect(first.byteCount == 12)
        #expect(last.byteCount == 12)
        #expect(first.isCut == (capacity < 12))
    }

    @Test("E7 a failure says the exit and the end of what was written as an error")
    func failure() {
        let nothing = CapturedOutput(bytes: [], byteCount: 0)
        let errors = capture([Array("one\n\ntwo\n".utf8)], as: .last(bytes: 100))
        let failed = ProgramResult(exit: .code(2), output: nothing, errors: errors)
        #expect("\(ProgramFailure(failed, .permanent))" == "the program ended with code 2: one\ntwo")
        let killed = ProgramResult(exit: .signal(9), output: nothing, errors: nothing)
        #expect("\(ProgramFailure(killed, .permanent))" == "the program ended with signal 9")
    }
}
