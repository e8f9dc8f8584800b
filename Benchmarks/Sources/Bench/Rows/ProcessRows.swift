import Floors
import Foundation
import QueueDispatch
import QueueModel

extension Row {
    /// Four processes work off one file that is full already, from the word to go until the last of them has found it
    /// empty.
    static let processes = Row(
        name: "process/4", store: .fileNormal, jobs: jobs, rounds: 15,
        subject: Workload(name: "process/4") { place in
            let subject = try await Subject(place)
            try await subject.fill(jobs)
            let workers = try (0..<4).map { _ in try WorkerProcess(place.directory) }
            var executed = 0
            return Iteration(
                run: {
                    for worker in workers { try worker.go() }
                    for worker in workers { executed += try worker.executed() }
                },
                finish: {
                    try Mismatch.check("executions", expected: jobs, found: executed)
                    try await subject.finish(expecting: [.completed: jobs], executions: 0)
                    return [:]
                })
        },
        references: [
            .floor(
                "process/4", [FLOOR_FINISHED], filling: { try $0 { floor_submit($0, Int32(jobs), Int32(jobs), 1, 0) } },
                expecting: StoredCounts(completed: jobs, executions: jobs)
            ) { try $0 { floor_work($0, 8, 1) } }
        ])

    private static let jobs = 10_000
}

/// Another process of this program that works off a file: it says that it is ready, waits for the word to go, and says
/// how many jobs it has executed.
private final class WorkerProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ directory: String) throws {
        process.executableURL = URL(fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0])
        process.arguments = ["work", directory]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try Mismatch.check("a worker's first word", expected: "ready", found: line())
    }

    func go() throws {
        try input.fileHandleForWriting.write(contentsOf: Data("go\n".utf8))
    }

    func executed() throws -> Int {
        let count = Int(line())
        process.waitUntilExit()
        try Mismatch.check("a worker's exit code", expected: 0, found: process.terminationStatus)
        return count ?? 0
    }

    private func line() -> String {
        var bytes: [UInt8] = []
        while let byte = output.fileHandleForReading.readData(ofLength: 1).first, byte != UInt8(ascii: "\n") {
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Bench {
    /// The work of such a process.
    static func work(in directory: String) async throws {
        let place = Place(store: .fileNormal, directory: directory)
        let subject = try await Subject(place)
        FileHandle.standardOutput.write(Data("ready\n".utf8))
        _ = readLine()
        try await subject.queue.runUntilIdle()
        FileHandle.standardOutput.write(Data("\(subject.executions.value)\n".utf8))
        await subject.queue.close()
    }
}
