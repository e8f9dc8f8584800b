import QueueTesting

/// One thing to try, in a form that can be written down, kept and tried again.
///
/// The first line says the kind and what it is tried on; each further line is a change, or the text:
///
///     file fixture
///     set 18 2
///     truncate 8192
public struct FuzzCase: Hashable, Sendable, CustomStringConvertible {
    /// The attempted call.
    public enum Content: Hashable, Sendable {
        /// A queue's file with changed bytes.
        case file(SampleFile, [FileMutation])
        /// A queue's file with changed rows: each line is run by a connection that forbids nothing, on tables that are
        /// not strict.
        case rows([String])
        /// A text or bytes that something decodes.
        case text(TextKind, [UInt8])
        /// Calls of a store with arguments at the ends of their ranges, made of a seed.
        case calls(UInt64)
    }

    /// The attempted call.
    public var content: Content
    /// Whether a queue is run on the file as well.
    public var runsQueue: Bool

    /// Creates a case.
    public init(_ content: Content, runsQueue: Bool = false) {
        self.content = content
        self.runsQueue = runsQueue
    }

    /// The case of a seed; the same on every machine.
    public static func random(seed: UInt64) -> FuzzCase {
        var generator = SplitMix64(seed: seed)
        let runsQueue = generator.roll(3) == 0
        switch generator.roll(10) {
        case ..<3:
            let sample = generator.pick(SampleFile.allCases)
            let count = generator.pick([1, 1, 1, 2, 4, 12])
            let changes = (0..<count).map { _ in FileMutation.random(of: sample, using: &generator) }
            return FuzzCase(.file(sample, changes), runsQueue: runsQueue)
        case ..<7:
            let count = generator.pick([1, 1, 2, 3, 6])
            return FuzzCase(.rows((0..<count).map { _ in RowMutation.random(using: &generator) }), runsQueue: runsQueue)
        case ..<9:
            let kind = generator.pick(TextKind.allCases)
            return FuzzCase(.text(kind, kind.random(using: &generator)))
        default:
            return FuzzCase(.calls(generator.next()))
        }
    }

    /// The form in which it is kept.
    public var description: String {
        let queue = runsQueue ? " queue" : ""
        switch content {
        case .file(let sample, let changes):
            return (["file \(sample.rawValue)\(queue)"] + changes.map(\.description)).joined(separator: "\n")
        case .rows(let statements): return (["rows\(queue)"] + statements).joined(separator: "\n")
        case .text(let kind, let bytes): return "text \(kind.rawValue)\n\(Self.hex(bytes))"
        case .calls(let seed): return "calls \(seed)"
        }
    }

    /// Reads what ``description`` writes; `nil` for anything else.
    ///
    /// Lines that begin with `#` are for people.
    public init?(_ description: String) {
        let lines = description.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
        guard let words = lines.first?.split(separator: " ").map(String.init), let kind = words.first else {
            return nil
        }
        runsQueue = words.last == "queue"
        switch kind {
        case "file":
            guard words.count > 1, let sample = SampleFile(rawValue: words[1]) else { return nil }
            let changes = lines.dropFirst().compactMap(FileMutation.init)
            guard changes.count == lines.count - 1 else { return nil }
            content = .file(sample, changes)
        case "rows": content = .rows(Array(lines.dropFirst()))
        case "text":
            guard words.count > 1, let kind = TextKind(rawValue: words[1]) else { return nil }
            guard let bytes = Self.bytes(lines.count > 1 ? lines[1] : "") else { return nil }
            content = .text(kind, bytes)
        case "calls":
            guard words.count > 1, let seed = UInt64(words[1]) else { return nil }
            content = .calls(seed)
        default: return nil
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(_ hex: String) -> [UInt8]? {
        let digits = hex.compactMap(\.hexDigitValue)
        guard digits.count == hex.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }
}
