import QueueModel
import QueueStorage
import QueueStoreKit
import QueueTesting
import ToolOptions

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The options of the command line.
struct Options {
    var seeds: ClosedRange<UInt64> = 1...10_000
    var store: @Sendable () async throws -> any JobStore = { MemoryJobStore() }
    var printsLog = false
    var printsDigest = false
    /// The number of failures that are minimized; the others are only named.
    static let shrunk = 5

    static let usage = "usage: simulate [--seeds N] [--from SEED] [--store memory|sqlite] [--log] [--digest]"

    /// Reads the arguments after the program's name.
    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var options = OptionReader(arguments)
        var count: UInt64 = 10_000
        var first: UInt64 = 1
        while let word = options.next() {
            switch word {
            case "--seeds": count = try options.number(in: 1...UInt64.max)
            case "--from": first = try options.number(in: 0...UInt64.max)
            case "--store": store = try options.value(Self.store(named:))
            case "--log": printsLog = true
            case "--digest": printsDigest = true
            default: throw UsageError("there is no option \(word)")
            }
        }
        let (last, overflow) = first.addingReportingOverflow(count - 1)
        guard !overflow else { throw UsageError("there are not so many seeds from \(first) on") }
        seeds = first...last
    }

    private static func store(named name: String) -> (@Sendable () async throws -> any JobStore)? {
        switch name {
        case "memory": { MemoryJobStore() }
        case "sqlite": { try await SQLiteJobStore(at: .memory) }
        default: nil
        }
    }
}

/// A hash of log lines: FNV-1a (Fowler, Noll, Vo).
struct Digest {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ lines: [String]) {
        for line in lines {
            for byte in line.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
            value = (value ^ 10) &* 0x100_0000_01b3
        }
    }
}

/// Flushes standard output.
func flush() {
    fflush(nil)
}

/// Ends the program.
func leave(_ code: Int32) -> Never {
    exit(code)
}

/// Writes a line to standard error.
func complain(_ line: String) {
    let text = line + "\n"
    _ = text.withCString { write(2, $0, text.utf8.count) }
}
