import CommandOptions
import Testing

@Suite("Command lines")
struct OptionReaderTests {
    private struct Options: Equatable {
        var count = 1
        var name = ""
        var isFresh = false
        var files: [String] = []

        init(_ words: String...) throws(UsageError) {
            var options = OptionReader(words)
            while let word = options.next() {
                switch word {
                case "--count": count = try options.number(in: 1...10)
                case "--name": name = try options.value()
                case "--kind": name = try options.value { $0 == "good" ? "the good" : nil }
                case "--fresh": isFresh = true
                default: files.append(try options.argument())
                }
            }
        }
    }

    @Test("Options, their values and arguments are read in any order")
    func order() throws {
        let options = try Options("a", "--count", "10", "--fresh", "b", "--name", "--count", "--kind", "good")
        #expect(options.count == 10)
        #expect(options.isFresh)
        #expect(options.files == ["a", "b"])
        #expect(options.name == "the good")
        #expect(try Options("--name", "--fresh").name == "--fresh")
    }

    @Test(
        "A command line that can't be meant is refused with a sentence",
        arguments: [
            (["--size"], "there is no option --size"),
            (["--name"], "--name needs a value"),
            (["--name", ""], "--name needs a value"),
            (["--count", "11"], "--count is 11, it must be a number from 1 to 10"),
            (["--count", "two"], "--count is two, it must be a number from 1 to 10"),
            (["--kind", "bad"], "--kind can't be bad"),
        ])
    func refusals(words: [String], message: String) {
        var options = OptionReader(words)
        #expect(throws: UsageError(message)) {
            while let word = options.next() {
                switch word {
                case "--count": _ = try options.number(in: 1...10)
                case "--name": _ = try options.value()
                case "--kind": _ = try options.value { $0 == "good" ? $0 : nil }
                default: _ = try options.argument()
                }
            }
        }
    }

    @Test("An only argument is neither missing nor repeated")
    func only() throws {
        #expect(try OptionReader.only(["a"], "file") == "a")
        #expect(throws: UsageError("which file?")) { try OptionReader.only([], "file") }
        #expect(throws: UsageError("one file, please")) { try OptionReader.only(["a", "b"], "file") }
    }
}
