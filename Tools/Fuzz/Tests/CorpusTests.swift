import Foundation
import Fuzzing
import Testing

@Suite("Hostile input") struct CorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    private static let fixture = folder.appending(path: "../../../Tests/QueueStorageTests/Fixtures/schema-1.sqlite")
        .standardizedFileURL.path
    private static let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/Corpus")) ?? []

    private func fuzzing<Answer>(_ body: (Fuzzer) async throws -> Answer) async throws -> Answer {
        let directory = FileManager.default.temporaryDirectory.appending(path: "millrace-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try await body(try await Fuzzer(fixture: Self.fixture, in: directory.path))
    }

    @Test("I11 what once went wrong does so no more", arguments: names.sorted())
    func kept(name: String) async throws {
        let text = try String(contentsOf: Self.folder.appending(path: "Corpus/\(name)"), encoding: .utf8)
        let fuzzCase = try #require(FuzzCase(text), "\(name) holds no case")
        let findings = try await fuzzing { await $0.attempt(fuzzCase).findings }
        #expect(findings.isEmpty)
    }

    @Test("I11 a case is the same when it was written down and read", arguments: 0..<300 as Range<UInt64>)
    func text(seed: UInt64) {
        let fuzzCase = FuzzCase.random(seed: seed)
        #expect(FuzzCase(fuzzCase.description) == fuzzCase)
    }

    @Test("I11 the files that cases change are sound as they are")
    func samples() async throws {
        try await fuzzing { fuzzer in
            for sample in SampleFile.allCases {
                let outcome = await fuzzer.attempt(FuzzCase(.file(sample, []), runsQueue: true))
                #expect(outcome.findings.isEmpty, "\(sample)")
                #expect(outcome.refusal == nil, "\(sample)")
            }
            let outcome = await fuzzer.attempt(FuzzCase(.rows(["UPDATE job SET priority = 'a'"]), runsQueue: true))
            #expect(outcome.findings.isEmpty)
            #expect(outcome.refusal == nil, "changed rows stand behind an unchanged schema")
        }
    }
}
