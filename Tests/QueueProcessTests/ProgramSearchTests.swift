import Testing

@testable import QueueProcess

@Suite("Finding programs") struct ProgramSearchTests {
    private func search(_ path: String?, _ files: [String: ProgramSearch.Finding]) -> ProgramSearch {
        ProgramSearch(path: path) { files[$0] ?? .nothing }
    }

    @Test("E7 the first program of a name in PATH is taken; what is none is passed over")
    func order() throws {
        let files: [String: ProgramSearch.Finding] = [
            "/a/x": .noProgram, "/b/x": .program, "/c/x": .program, "./x": .program,
        ]
        #expect(try search("/a:/b:/c", files).find("x") == "/b/x")
        #expect(try search("/c:/b", files).find("x") == "/c/x")
        #expect(try search(":.:/b", files).find("x") == "/b/x")
        #expect(try search("/a", files).find("./x") == "./x")
    }

    @Test("E7 without a PATH the usual directories are searched")
    func usual() throws {
        #expect(try search(nil, ["/bin/x": .program]).find("x") == "/bin/x")
    }

    @Test("E7 a file that is no program is told apart from none")
    func failures() {
        let files: [String: ProgramSearch.Finding] = ["/a/x": .noProgram]
        #expect(throws: ProgramError.self) { try search("/a", files).find("x") }
        for (name, code) in [
            ("x", ProgramError.Code.notExecutable), ("/a/x", .notExecutable), ("y", .notFound), ("/y", .notFound),
        ] {
            do {
                _ = try search("/a:/b", files).find(name)
                Issue.record("\(name) was found")
            } catch {
                #expect(error.code == code)
            }
        }
    }
}

@Suite("Variables of programs") struct ProgramEnvironmentTests {
    private let parent = ["PATH": "/p", "LC_ALL": "C", "AWS_SECRET": "s", "HOME": "/h"]

    @Test("E7 by default a program has none of this process's secrets")
    func minimal() {
        #expect(ProgramEnvironment.minimal.variables(of: parent) == ["PATH": "/p", "LC_ALL": "C", "HOME": "/h"])
        #expect(ProgramEnvironment.inherited.variables(of: parent) == parent)
        #expect(ProgramEnvironment.exactly(["A": "1"]).variables(of: parent) == ["A": "1"])
    }

    @Test("E7 variables that are set come before inherited ones, the last first")
    func setting() {
        let environment = ProgramEnvironment.minimal.setting(["PATH": "/1", "A": "1"]).setting(["A": "2"])
        #expect(environment.variables(of: parent) == ["PATH": "/1", "LC_ALL": "C", "HOME": "/h", "A": "2"])
    }

    @Test("E7 the variables of this process are read")
    func own() {
        #expect(ProgramEnvironment.ofThisProcess()["PATH"] != nil)
    }
}
