import Floors
import QueueDispatch
import QueueModel

extension Row {
    /// The cost of groups with a limit: the same jobs without a group, in one, and in many groups.
    ///
    /// Stopping and closing is timed too.
    static let groupRows: [Row] =
        [grouped("dispatch_no_groups_500", groups: 0), grouped("dispatch_one_group_500", groups: 1)]
        + [1, 10, 50, 100].map { grouped("dispatch_group_scaling/\($0)", groups: $0) }

    private static let jobs = 500

    private static func grouped(_ name: String, groups: Int) -> Row {
        let floor = Workload.floor(
            name, [FLOOR_FINISHED], expecting: StoredCounts(completed: jobs, executions: jobs)
        ) { store in
            try store { floor_submit($0, Int32(jobs), 1, 1, 0) }
            try store { floor_work($0, 8, 1) }
        }
        let without = groups > 0 ? [dispatch("dispatch_no_groups_500", groups: 0)] : []
        return Row(name: name, jobs: jobs, subject: dispatch(name, groups: groups), references: [floor] + without)
    }

    /// Jobs over so many groups in turn, none of which is ever full.
    private static func dispatch(_ name: String, groups: Int) -> Workload {
        let names = (0..<groups).map { "group-\($0)" }
        let rules = Dictionary(uniqueKeysWithValues: names.map { ($0, GroupRule(limit: jobs)) })
        return .through(name, jobs: jobs, Subject.Setting { $0.groups = rules }, stopping: true) { subject in
            for index in 0..<jobs {
                let group = names.isEmpty ? nil : names[index % names.count]
                try await subject.queue.submit(Blank(), SubmitOptions(group: group))
            }
        }
    }
}
