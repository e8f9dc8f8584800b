/// Keeps the beginning or the end of a stream of bytes.
struct OutputBuffer: Sendable {
    private var bytes: [UInt8] = []
    private var byteCount = 0
    private let capacity: Int
    private let keepsEnd: Bool

    init(for output: ProgramOutput) {
        capacity = output.capacity ?? 0
        if case .last = output { keepsEnd = true } else { keepsEnd = false }
    }

    mutating func append(_ part: UnsafeRawBufferPointer) {
        byteCount += part.count
        guard keepsEnd else {
            bytes += part.prefix(capacity - bytes.count)
            return
        }
        bytes += part.suffix(capacity)
        // It grows to twice the capacity before it is cut, so that each byte is moved once.
        if bytes.count >= 2 * capacity { bytes.removeFirst(bytes.count - capacity) }
    }

    var captured: CapturedOutput {
        CapturedOutput(bytes: Array(keepsEnd ? bytes.suffix(capacity) : bytes[...]), byteCount: byteCount)
    }
}
