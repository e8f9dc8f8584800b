import QueueBackoff
import QueueModel
import Testing

@Suite("Options") struct JobOptionsTests {
    private static let general = JobOptions(
        priority: .idle, retry: .constant(.seconds(9)), group: "general", timeout: .seconds(9),
        timeToLive: .seconds(90),
        onDuplicate: .reject, failFast: false, expectedIO: IOAmount(diskRead: 9), tags: [Tag("a", "general")])
    private static let own = JobOptions(
        priority: .high, retry: .constant(.seconds(1)), group: "own", timeout: .seconds(1), timeToLive: .seconds(10),
        onDuplicate: .rerun, failFast: true, expectedIO: IOAmount(diskRead: 1), tags: [Tag("a", "own")])

    private static func expectEqual(_ left: JobOptions, _ right: JobOptions) {
        #expect(left.priority == right.priority)
        #expect(left.retry == right.retry)
        #expect(left.group == right.group)
        #expect(left.timeout == right.timeout)
        #expect(left.timeToLive == right.timeToLive)
        #expect(left.onDuplicate == right.onDuplicate)
        #expect(left.failFast == right.failFast)
        #expect(left.expectedIO == right.expectedIO)
        #expect(left.tags == right.tags)
    }

    @Test("S2 what a level says counts before a more general one")
    func ownCounts() {
        Self.expectEqual(Self.own.falling(backTo: Self.general), Self.own)
    }

    @Test("S2 what a level leaves open is taken from the more general one")
    func openIsFilled() {
        Self.expectEqual(JobOptions().falling(backTo: Self.general), Self.general)
        Self.expectEqual(Self.own.falling(backTo: JobOptions()), Self.own)
    }

    @Test("S2 tags of both levels count, of one key the nearer")
    func tagsMerge() {
        let own = JobOptions(tags: [Tag("a", "own"), Tag("b", "own")])
        let general = JobOptions(tags: [Tag("b", "general"), Tag("c", "general")])
        #expect(own.falling(backTo: general).tags == [Tag("a", "own"), Tag("b", "own"), Tag("c", "general")])
    }

    @Test("S10 a type in a domain is stored under both names")
    func qualifiedType() {
        #expect(JobType("thumbnail").qualified(by: "media") == "media.thumbnail")
        #expect(JobType("thumbnail").qualified(by: "") == "thumbnail")
    }

    @Test("S3 lower numbers run first, and the names stand for their numbers")
    func priorities() {
        let named: [Priority] = [.realtime, .high, .normal, .background, .idle]
        #expect(named.map(\.rawValue) == [0, 64, 128, 192, 255])
        #expect(named == named.shuffled().sorted())
        #expect(named.map(\.description) == ["realtime", "high", "normal", "background", "idle"])
        #expect(Priority(rawValue: 7).description == "7")
    }
}
