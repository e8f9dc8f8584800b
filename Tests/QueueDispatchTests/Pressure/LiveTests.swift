import QueueModel
import QueueTesting
import Testing

@testable import QueueDispatch

/// What this very machine tells, whatever it does just now.
@Suite("Pressure of this machine") struct LiveTests {
    private static let clock = ManualClock()

    #if os(Linux)
        private static let sources: [any PressureSource] = [
            .cpu(every: .milliseconds(10), clock: clock),
            .memory(every: .milliseconds(10), clock: clock),
            .disk(bytesPerSecond: Int64(1) << 40, every: .milliseconds(10), clock: clock),
            .network(bytesPerSecond: Int64(1) << 40, every: .milliseconds(10), clock: clock),
        ]

        @Test("D9 the files of this machine can be read, and give a pressure in 0…1", arguments: sources)
        func source(source: any PressureSource) {
            for _ in 0..<3 {
                #expect((0...1).contains(source.pressure()))
                #expect(source.isAvailable)
                Self.clock.advance(by: .seconds(100))
            }
        }

        @Test("D9 this machine's processors have been busy, and some of its memory is in use")
        func figures() throws {
            let times = try #require(Machine.current.processorTimes())
            #expect(times.busy > 0)
            let share = try #require(Machine.current.memoryShare())
            #expect(share > 0 && share < 1)
        }

        @Test("D10 this machine's disks and networks can be sampled")
        func sampler() throws {
            let sampler: some ResourceSampler = .system
            let first = try sampler.sample()
            let second = try sampler.sample()
            #expect(first.diskRead >= 0 && first.diskWritten >= 0)
            #expect(second.networkReceived >= first.networkReceived && second.networkSent >= first.networkSent)
        }
    #endif

    @Test("D9 a file that is not there, or is too long, has no text", arguments: ["/no/such/file", "/dev/zero", "/"])
    func noFile(path: String) {
        #expect(ProcFile.text(path) == nil)
    }
}
