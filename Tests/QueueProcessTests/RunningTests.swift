import Foundation
import Millrace
import Testing

@testable import QueueProcess

@Suite("Running programs") struct RunningTests {
    @Test("E7 a program gets its arguments as they are, whatever a shell would make of them")
    func arguments() async throws {
        let arguments = ["", "a b", "$HOME", "*", "'", "\"", "\\", "`id`", ";", "ä\n", "--"]
        var program = script(#"printf '%s|' "$@""#, arguments)
        program.output = .first(bytes: 1000)
        let result = try await program.run()
        #expect(result.output.text == arguments.map { "\($0)|" }.joined())
        #expect(result.exit == .code(0))
    }

    @Test(
        "E7 code and signal are told apart",
        arguments: [
            ("exit 0", ProgramExit.code(0)), ("exit 1", .code(1)), ("exit 255", .code(255)),
            ("kill -9 $$", .signal(9)), ("kill -11 $$", .signal(11)),
        ])
    func exits(text: String, exit: ProgramExit) async throws {
        #expect(try await script(text).run().exit == exit)
    }

    @Test("E7 a name is looked up in the program's PATH; a program that ends at once is no trouble")
    func endsAtOnce() async throws {
        for _ in 0..<20 {
            #expect(try await ExternalProgram("true").run().exit == .code(0))
        }
    }

    @Test("E7 a relative path is relative to this process's directory, wherever the program starts")
    func relativePath() async throws {
        let directory = try TemporaryDirectory()
        let tool = try await directory.tool("tool", "#!/bin/sh\npwd\n")
        let depth = FileManager.default.currentDirectoryPath.split(separator: "/").count
        var program = ExternalProgram(String(repeating: "../", count: depth) + tool.dropFirst())
        program.directory = directory.path
        let result = try await program.run()
        #expect(result.output.text == "\(directory.path)\n")
    }

    @Test("E7 a program has the variables that it is given and no others")
    func variables() async throws {
        var program = ExternalProgram("/usr/bin/env")
        program.environment = .exactly(["B": "2 =", "A": ""])
        let result = try await program.run()
        #expect(Set(result.output.text.split(separator: "\n")) == ["A=", "B=2 ="])
    }

    @Test("E7 a program has three descriptors, even of those that others left inheritable")
    func descriptors() async throws {
        let leak = fcntl(1, F_DUPFD, 200)
        defer { close(leak) }
        let result = try await script("for n in 0 1 2 \(leak); do test -e /dev/fd/$n && echo $n; done; true").run()
        #expect(result.output.text == "0\n1\n2\n")
    }

    @Test("E7 a program has its usual signals, though this process ignores one")
    func signals() async throws {
        let former = signal(SIGPIPE, SIG_IGN)
        defer { signal(SIGPIPE, former) }
        #expect(try await script("kill -PIPE $$; exit 3").run().exit == .signal(SIGPIPE))
    }

    @Test("E7 the input is nothing, bytes or a file")
    func inputs() async throws {
        let directory = try TemporaryDirectory()
        var program = ExternalProgram("cat")
        #expect(try await program.run().output.text.isEmpty)
        program.input = .bytes(Array("some bytes".utf8))
        #expect(try await program.run().output.text == "some bytes")
        program.input = .file(try directory.file("in", "of a file"))
        #expect(try await program.run().output.text == "of a file")
        program.input = .bytes([])
        #expect(try await program.run().output.text.isEmpty)
    }

    @Test("E7 a program that does not read its large input is no trouble")
    func unreadInput() async throws {
        var program = script("exec <&-; exit 4")
        program.input = .bytes([UInt8](repeating: 65, count: 4 << 20))
        #expect(try await program.run().exit == .code(4))
    }

    @Test("E7 output goes to files, which are emptied, or to their ends")
    func files() async throws {
        let directory = try TemporaryDirectory()
        var program = script("echo out; echo err >&2")
        program.output = .file(try directory.file("out", "a much longer text than the new one"))
        program.errors = .appended(to: try directory.file("err", "old\n"))
        let result = try await program.run()
        #expect(try directory.text("out") == "out\n")
        #expect(try directory.text("err") == "old\nerr\n")
        #expect(result.output == CapturedOutput(bytes: [], byteCount: 0))
    }

    @Test("E7 of huge output only what was asked for is kept, and the program does not wait")
    func hugeOutput() async throws {
        var program = script("head -c 3000000 /dev/zero; printf end; (head -c 1000000 /dev/zero; printf end) >&2")
        program.output = .first(bytes: 10)
        program.errors = .last(bytes: 5)
        let result = try await program.run()
        #expect(result.exit == .code(0))
        #expect(result.output.bytes == [UInt8](repeating: 0, count: 10))
        #expect(result.output.byteCount == 3_000_003)
        #expect(result.output.isCut)
        #expect(result.errors.bytes == [0, 0] + Array("end".utf8))
        program.output = .discarded
        #expect(try await program.run().output.byteCount == 0)
    }

    @Test("E7 a program that closes its output and goes on is waited for")
    func closedOutput() async throws {
        let directory = try TemporaryDirectory()
        let result = try await script("exec >&- 2>&-; echo done > \"$1\"; exit 5", [directory.file("done")]).run()
        #expect(result.exit == .code(5))
        #expect(try directory.text("done") == "done\n")
    }

    @Test("E7 where the system can't tell of an end by a descriptor, a thread waits for it")
    func waitingThread() async throws {
        let program = script("echo here; exit 6")
        let result = try await RunningProgram(program, clock: ContinuousClock(), usesExitDescriptor: false).run()
        #expect(result.exit == .code(6))
        #expect(result.output.text == "here\n")
    }

    @Test("E7 many programs run at once, and none is left unreaped")
    func many() async throws {
        let pids = try await withThrowingTaskGroup(of: pid_t?.self) { group in
            for _ in 0..<40 { group.addTask { pid_t(try await script("printf $$").run().output.text) } }
            return try await group.reduce(into: [pid_t?]()) { $0.append($1) }
        }
        #expect(Set(pids).count == 40)
        // A zombie would still be found.
        for pid in pids { #expect(pid.map { kill($0, 0) } == -1) }
    }

    @Test("E7 what a program leaves behind in its group is ended with it, and keeps nobody waiting")
    func leftBehind() async throws {
        let result = try await script("sleep 1000 & printf $!").run()
        let pid = try #require(pid_t(result.output.text))
        await waitForEnd(of: pid)
    }

    #if os(Linux)
        @Test("E7 a daemon that has left the group keeps nobody waiting, though it holds the output open")
        func daemon() async throws {
            let directory = try TemporaryDirectory()
            let text = #"setsid sh -c 'echo $$ > "$1"; exec sleep 1000' sh "$1" & until test -s "$1"; do :; done"#
            let result = try await script(text, [directory.file("pid")]).run()
            #expect(result.exit == .code(0))
            let pid = try #require(pid_t(await directory.line("pid")[0]))
            #expect(isRunning(pid))
            kill(pid, SIGKILL)
        }
    #endif
}
