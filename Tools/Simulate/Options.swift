import QueueModel
import QueueStorage
import QueueStoreKit
import QueueTesting

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the command line says.
struct Options {
    var seeds: ClosedRange<UInt64> = 1...10_000
    var store: @Sendable () async throws -> any JobStore = { MemoryJobStore() }
    var printsLog = false
    var printsDigest = false
    /// How many failures are cut down; the others are named.
    static let shrunk = 5

    /// Reads the arguments; `nil` if they say nothing that can be done.
    init?(_ arguments: some Sequence<String>) {
        var arguments = Array(arguments)[...]
        var count: UInt64 = 10_000
        var first: UInt64 = 1
        while let argument = arguments.popFirst() {
            switch argument {
            case "--seeds":
                guard let value = arguments.popFirst().flatMap(UInt64.init), value > 0 else { return nil }
                count = value
            case "--from":
                guard let value = arguments.popFirst().flatMap(UInt64.init) else { return nil }
                first = value
            case "--store":
                switch arguments.popFirst() {
                case "memory": store = { MemoryJobStore() }
                case "sqlite": store = { try await SQLiteJobStore(at: .memory) }
                default: return nil
                }
            case "--log": printsLog = true
            case "--digest": printsDigest = true
            default: return nil
            }
        }
        let (last, overflow) = first.addingReportingOverflow(count - 1)
        guard !overflow else { return nil }
        seeds = first...last
    }
}

/// A number that differs where texts differ: FNV-1a, Fowler, Noll and Vo.
struct Digest {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ lines: [String]) {
        for line in lines {
            for byte in line.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
            value = (value ^ 10) &* 0x100_0000_01b3
        }
    }
}

/// Writes what was printed so far.
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
