import QueueModel
import Testing

@Suite("Fair share policies") struct FairSharePolicyTests {
    @Test("D6 a group has its own share, or that of the others, and jobs without a group have theirs together")
    func shares() {
        let policy = FairSharePolicy(
            groups: ["a": GroupShare(weight: 2)], otherGroups: GroupShare(weight: 3),
            withoutGroup: GroupShare(weight: 4))
        #expect(policy.share(of: "a").weight == 2)
        #expect(policy.share(of: "b").weight == 3)
        #expect(policy.share(of: nil).weight == 4)
        #expect(FairSharePolicy().share(of: "b") == GroupShare(weight: 1))
    }

    @Test(
        "D6 the ends of the ranges are allowed",
        arguments: [
            GroupShare(), GroupShare(weight: 10_000), GroupShare(minimumSlots: 5, maximumSlots: 5),
            GroupShare(maximumSlots: 1), GroupShare(minimumSlots: .max),
        ])
    func allowed(_ share: GroupShare) throws {
        try FairSharePolicy(groups: ["a": share], otherGroups: share, withoutGroup: share).validate()
    }

    @Test(
        "D6 a share outside of its range is refused by name",
        arguments: [
            (GroupShare(weight: 0), "weight"), (GroupShare(weight: -1), "weight"),
            (GroupShare(weight: 10_001), "weight"),
            (GroupShare(minimumSlots: -1), "minimum"), (GroupShare(maximumSlots: 0), "maximum"),
            (GroupShare(minimumSlots: 3, maximumSlots: 2), "maximum"),
        ])
    func refused(_ share: GroupShare, _ part: String) {
        for (policy, whose) in [
            (FairSharePolicy(groups: ["a": share]), "group \"a\""),
            (FairSharePolicy(otherGroups: share), "other groups"),
            (FairSharePolicy(withoutGroup: share), "without a group"),
        ] {
            let error = #expect(throws: QueueError.self) { try policy.validate() }
            #expect(error?.code == .invalidOption)
            let text = error.map(String.init(describing:)) ?? ""
            #expect(text.contains(part))
            #expect(text.contains(whose))
        }
    }

    @Test("D6 a group's name has to be one")
    func name() {
        let error = #expect(throws: QueueError.self) { try FairSharePolicy(groups: ["": GroupShare()]).validate() }
        #expect(error?.code == .invalidText)
    }
}
