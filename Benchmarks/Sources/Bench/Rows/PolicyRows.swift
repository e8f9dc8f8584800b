import QueueDispatch
import QueueModel

extension Row {
    /// Rows of what decides the order of claims: the same turns must cost the same at any number of jobs and groups.
    static let policyRows: [Row] = [aging, fairShare]

    private static let jobs = 800

    /// A hundred thousand jobs of five priorities that become more urgent, beside turns with aging and no backlog.
    private static let aging: Row = {
        let setting = Subject.Setting { configuration in
            configuration.aging = AgingPolicy(grace: .zero, interval: .milliseconds(100))
        }
        return Row(
            name: "aging/100k", jobs: jobs, rounds: 5,
            subject: beforeBacklog("aging/100k", jobs: jobs, setting) { subject in
                for priority: Priority in [.high, .normal, 160, .background, .idle] {
                    try await subject.fill(20_000, SubmitOptions(priority: priority))
                }
            },
            references: [
                floorOfTurns("aging/100k", backlog: 100_000),
                beforeBacklog("aging/none", jobs: jobs, setting) { try await $0.fill(jobs) },
            ])
    }()

    /// A hundred thousand jobs in a thousand groups of different weights, beside turns with shares and one group.
    private static let fairShare: Row = {
        let groups = 1000
        let setting = Subject.Setting { configuration in
            let shares = (0..<groups).map { ("group-\($0)", FairSharePolicy.Share(weight: 1 + $0 % 10)) }
            configuration.fairShare = FairSharePolicy(groups: Dictionary(uniqueKeysWithValues: shares))
        }
        return Row(
            name: "fair_share/1000", jobs: jobs, rounds: 5,
            subject: beforeBacklog("fair_share/1000", jobs: jobs, setting) { subject in
                try await subject.queue.submit(
                    batch: (0..<100_000).map { index in
                        try subject.queue.submission(of: Blank(), SubmitOptions(group: "group-\(index % groups)"))
                    })
            },
            references: [
                floorOfTurns("fair_share/1000", backlog: 100_000),
                beforeBacklog("fair_share/none", jobs: jobs, setting) {
                    try await $0.fill(jobs, SubmitOptions(group: "group-0"))
                },
            ])
    }()
}
