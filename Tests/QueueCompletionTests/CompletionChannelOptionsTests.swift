import QueueCompletion
import Testing

@Suite("Options")
struct CompletionChannelOptionsTests {
    @Test("C9 the defaults are the documented ones, and valid")
    func defaults() throws {
        let options = CompletionChannelOptions()
        try options.validate()
        #expect(options.maxBatch == 1024)
        #expect(options.linger == .zero)
        #expect(options.maxUncommitted == 10_000)
        #expect(options.maxTurns == 16)
        #expect(options.backoff == TransientBackoff(initial: .milliseconds(5), maximum: .seconds(5)))
    }

    @Test(
        "C9 an option out of its range is an error that names it",
        arguments: [
            ("maxBatch", CompletionChannelOptions(maxBatch: 0)),
            ("linger", CompletionChannelOptions(linger: .nanoseconds(-1))),
            ("maxUncommitted", CompletionChannelOptions(maxUncommitted: 0)),
            ("maxTurns", CompletionChannelOptions(maxTurns: 0)),
            ("backoff.initial", CompletionChannelOptions(backoff: TransientBackoff(initial: .zero))),
            ("backoff.maximum", CompletionChannelOptions(backoff: TransientBackoff(maximum: .milliseconds(1)))),
        ])
    func invalid(name: String, options: CompletionChannelOptions) {
        let error = #expect(throws: CompletionChannelError.self) { try Recorder().channel(options) }
        #expect(error?.code == .invalidOption)
        #expect(error?.description.hasPrefix(name) == true)
    }
}
