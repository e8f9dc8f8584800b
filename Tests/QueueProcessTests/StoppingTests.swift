import Foundation
import Millrace
import QueueTesting
import Testing

@testable import QueueProcess

@Suite("Stopping programs") struct StoppingTests {
    /// Starts a program that writes a line into the file `ready`, stops it when it has, and gives the words of the line.
    private func stopped(
        _ text: String, usesExitDescriptor: Bool = true, grace: Duration = .seconds(10),
        _ passTime: (ManualClock) async throws -> Void = { _ in }
    ) async throws -> [pid_t] {
        let directory = try TemporaryDirectory()
        let clock = ManualClock()
        var program = script(text, [directory.file("ready")])
        program.gracePeriod = grace
        let running = RunningProgram(program, clock: clock, usesExitDescriptor: usesExitDescriptor)
        let task = Task { try await running.run() }
        let words = await directory.line("ready")
        task.cancel()
        try await passTime(clock)
        await #expect(throws: CancellationError.self) { try await task.value }
        return words.compactMap { pid_t($0) }
    }

    @Test("E7 a program that heeds SIGTERM ends without the grace period", arguments: [true, false])
    func heeds(usesExitDescriptor: Bool) async throws {
        let pids = try await stopped("echo $$ > \"$1\"; exec sleep 1000", usesExitDescriptor: usesExitDescriptor)
        #expect(kill(pids[0], 0) == -1)
    }

    @Test("E7 a program that ignores SIGTERM is killed when its grace period is over", arguments: [true, false])
    func ignores(usesExitDescriptor: Bool) async throws {
        let pids = try await stopped(
            "trap '' TERM; echo $$ > \"$1\"; while :; do sleep 1000; done", usesExitDescriptor: usesExitDescriptor
        ) { clock in
            try await clock.sleepers(atLeast: 1)
            clock.advance(by: .seconds(10))
        }
        #expect(kill(pids[0], 0) == -1)
    }

    @Test("E7 without a grace period a program is killed at once")
    func noGrace() async throws {
        let pids = try await stopped("trap '' TERM; echo $$ > \"$1\"; while :; do :; done", grace: .zero)
        #expect(kill(pids[0], 0) == -1)
    }

    @Test("E7 what a program has started is stopped with it")
    func grandchildren() async throws {
        let pids = try await stopped("sleep 1000 & a=$!; (sleep 1000) & echo $a $! > \"$1\"; wait")
        for pid in pids { await waitForEnd(of: pid) }
    }

    @Test("E7 what a program has started has the grace period too, though the program has ended, and is then killed")
    func stubbornGrandchild() async throws {
        let text = #"sh -c 'trap "" TERM; echo $$ > "$1"; while :; do sleep 1000; done' sh "$1" & wait"#
        let pids = try await stopped(text) { clock in
            try await clock.sleepers(atLeast: 1)
            #expect(clock.sleeperCount == 1)
            clock.advance(by: .seconds(10))
        }
        await waitForEnd(of: pids[0])
    }

    @Test("E7 what a program has started may clean up after the program has ended")
    func cleaningGrandchild() async throws {
        let directory = try TemporaryDirectory()
        let clean = directory.file("clean")
        let text =
            #"sh -c 'trap "echo yes > \"\#(clean)\"; exit" TERM; echo $$ > "$1"; while :; do sleep 0.01; done' sh "$1" & wait"#
        _ = try await stopped(text)
        #expect(try directory.text("clean") == "yes\n")
    }

    @Test("E7 a program that was halted is stopped as well")
    func halted() async throws {
        let pids = try await stopped("echo $$ > \"$1\"; kill -STOP $$; exec sleep 1000")
        #expect(kill(pids[0], 0) == -1)
    }

    @Test("E7 a program that ends well after it was asked to stop counts as stopped")
    func endsWell() async throws {
        let pids = try await stopped("trap 'exit 0' TERM; echo $$ > \"$1\"; while :; do sleep 0.01; done")
        #expect(kill(pids[0], 0) == -1)
    }

    @Test("E7 a program of a cancelled task is not started")
    func beforeStart() async throws {
        let directory = try TemporaryDirectory()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await script("echo > \"$1\"", [directory.file("started")]).run()
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(!FileManager.default.fileExists(atPath: directory.file("started")))
    }
}
