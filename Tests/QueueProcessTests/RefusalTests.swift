import Foundation
import Millrace
import Testing

@testable import QueueProcess

@Suite("Programs that can't be run") struct RefusalTests {
    private func expect(
        _ code: ProgramError.Code, _ disposition: JobError.Disposition = .permanent,
        sourceLocation: SourceLocation = #_sourceLocation, of program: ExternalProgram
    ) async {
        let error = await #expect(throws: ProgramError.self, sourceLocation: sourceLocation) { try await program.run() }
        #expect(error?.code == code, sourceLocation: sourceLocation)
        #expect(error?.disposition == disposition, sourceLocation: sourceLocation)
    }

    @Test(
        "E7 a missing program is told, and no retry mends it",
        arguments: ["no-such-program", "/no/such/program", "./none"])
    func missing(name: String) async {
        await expect(.notFound, of: ExternalProgram(name))
    }

    @Test("E7 a program whose interpreter is missing is told")
    func missingInterpreter() async throws {
        let directory = try TemporaryDirectory()
        let path = try await directory.tool("tool", "#!/no/such/interpreter\n")
        await expect(.notFound, of: ExternalProgram(path))
    }

    @Test("E7 what is no program is told, and not handed to a shell")
    func noProgram() async throws {
        let directory = try TemporaryDirectory()
        await expect(.notExecutable, of: ExternalProgram(try await directory.tool("shell", "exit 0\n")))
        await expect(.notExecutable, of: ExternalProgram(try directory.file("text", "exit 0\n")))
        await expect(.notExecutable, of: ExternalProgram(directory.path))
    }

    @Test("E7 a missing directory is not taken for a missing program")
    func noDirectory() async {
        var program = ExternalProgram("true")
        program.directory = "/no/such/directory"
        await expect(.noDirectory, of: program)
    }

    @Test(
        "E7 what no program can be given is refused, and nothing is started",
        arguments: [
            { $0.arguments = ["a\0b"] }, { $0.executable = "tr\0ue" }, { $0.executable = "" },
            { $0.directory = "" }, { $0.directory = "/\0" }, { $0.input = .file("\0") }, { $0.output = .file("a\0") },
            { $0.output = .first(bytes: -1) }, { $0.errors = .last(bytes: -1) },
            { $0.environment = .exactly(["": "a"]) }, { $0.environment = .exactly(["a=b": ""]) },
            { $0.environment = .minimal.setting(["a": "\0"]) },
        ] as [@Sendable (inout ExternalProgram) -> Void])
    func invalid(change: @Sendable (inout ExternalProgram) -> Void) async {
        var program = ExternalProgram("true")
        change(&program)
        await expect(.invalid, of: program)
    }

    @Test("E7 arguments that are longer than the system allows are refused")
    func tooLong() async {
        await expect(.invalid, of: ExternalProgram("true", [String(repeating: "a", count: 3 << 20)]))
    }

    @Test("E7 a stream whose file can't be opened is told")
    func streams() async throws {
        var program = ExternalProgram("true")
        program.input = .file("/no/such/file")
        await expect(.stream, .retryable(), of: program)
        program.input = .nothing
        program.output = .file("/no/such/file")
        await expect(.stream, .retryable(), of: program)
    }
}
