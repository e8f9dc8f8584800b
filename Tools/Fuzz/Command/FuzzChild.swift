import Foundation
import Fuzzing

/// Tries rounds in this process, and says in a file which one it is at.
struct FuzzChild {
    private let options: FuzzOptions
    private let marker: String
    /// No case takes a hundredth of that.
    static let seconds: UInt32 = 60
    /// Nor does one need that much memory, in bytes; of addresses, since that can be limited.
    private static let memory: rlim_t = 4 << 30

    /// Ends this process when a case takes too much time or memory.
    static func limit() {
        var limit = rlimit(rlim_cur: memory, rlim_max: memory)
        #if canImport(Glibc)
            setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        #else
            setrlimit(RLIMIT_AS, &limit)
        #endif
        alarm(seconds)
    }

    init(_ options: FuzzOptions, marker: String) {
        self.options = options
        self.marker = marker
    }

    func run() async throws {
        let directory = try FuzzDirectory()
        let fuzzer = try await Fuzzer(fixture: options.fixture, in: directory.path)
        let file = open(marker, O_RDWR | O_CREAT, 0o600)
        for seed in options.seed..<options.seed + options.rounds {
            var present = seed
            pwrite(file, &present, MemoryLayout<UInt64>.size, 0)
            // A hang ends the process as a crash does.
            Self.limit()
            let fuzzCase = FuzzCase.random(seed: seed)
            let findings = await fuzzer.attempt(fuzzCase).findings
            for finding in findings { print("seed \(seed): \(finding)") }
            if !findings.isEmpty { print(fuzzCase) }
            // What is still in a buffer is lost with the process.
            fflush(nil)
        }
        alarm(0)
        directory.remove()
    }
}
