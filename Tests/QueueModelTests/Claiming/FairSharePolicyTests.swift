import QueueModel
import Testing

@Suite("Fair share policies") struct FairSharePolicyTests {
    @Test("D6 a group has its own share, or that of the others, and jobs without a group have theirs together")
    func shares() {
        let policy = FairSharePolicy(
            groups: ["a": FairSharePolicy.Share(weight: 2)], otherGroups: FairSharePolicy.Share(weight: 3),
            withoutGroup: FairSharePolicy.Share(weight: 4))
        #expect(policy.share(of: "a").weight == 2)
        #expect(policy.share(of: "b").weight == 3)
        #expect(policy.share(of: nil).weight == 4)
        #expect(FairSharePolicy().share(of: "b") == FairSharePolicy.Share(weight: 1))
    }

    @Test(
        "D6 the ends of the ranges are allowed",
        arguments: [
            FairSharePolicy.Share(), FairSharePolicy.Share(weight: 10_000),
            FairSharePolicy.Share(minimumSlots: 5, maximumSlots: 5),
            FairSharePolicy.Share(maximumSlots: 1), FairSharePolicy.Share(minimumSlots: .max),
        ])
    func allowed(_ share: FairSharePolicy.Share) throws {
        try FairSharePolicy(groups: ["a": share], otherGroups: share, withoutGroup: share).validate()
    }

    @Test(
        "D6 a share outside of its range is refused by name",
        arguments: [
            (FairSharePolicy.Share(weight: 0), "weight"), (FairSharePolicy.Share(weight: -1), "weight"),
            (FairSharePolicy.Share(weight: 10_001), "weight"),
            (FairSharePolicy.Share(minimumSlots: -1), "minimum"), (FairSharePolicy.Share(maximumSlots: 0), "maximum"),
            (FairSharePolicy.Share(minimumSlots: 3, maximumSlots: 2), "maximum"),
        ])
    func refused(_ share: FairSharePolicy.Share, _ part: String) {
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
        let error = #expect(throws: QueueError.self) {
            try FairSharePolicy(groups: ["": FairSharePolicy.Share()]).validate()
        }
        #expect(error?.code == .invalidText)
    }
}
