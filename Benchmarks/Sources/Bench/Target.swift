/// The target of a row.
enum Target {
    /// At most so many times the floor's time.
    case floor(Double)
    /// At most so many times the time of what ran in turn with it.
    case reference(String, Double)
    /// At most so many times the time of another row of the same run.
    case row(String, Double)
    /// At most so many nanoseconds for a job or an operation.
    case nanoseconds(Double)

    /// By the rows' names; the first that matches counts, and what matches none has no target.
    private static let targets: [(rows: String, target: Target)] = [
        ("submit_1000_tasks|batch_submit_1000|concurrent_submit/64", .floor(1.5)),
        ("submit_dedup_hit_1000|peek_next/.*|submit_with_tags/.*", .floor(2)),
        ("query_by_tags/.*|query_ids_by_tags/.*|count_by_tags/.*|tag_values/.*", .floor(2)),
        ("history_query/.*|history_stats/.*|history_by_type/.*", .floor(2)),
        ("dispatch_and_complete_1000|concurrency_scaling/[248]", .floor(1.7)),
        ("mixed_priority_dispatch_500|dispatch_no_groups_500", .floor(1.7)),
        (
            "concurrency_scaling/1|dep_chain_dispatch/.*|retryable_dead_letter/[a-z_]+|dep_fan_in_dispatch/.*",
            .floor(2.5)
        ),
        ("dispatch_one_group_500|dispatch_group_scaling/.*", .reference("dispatch_no_groups_500", 1.15)),
        ("dispatch_permanent_failure_500", .reference("concurrency_scaling/8", 1.2)),
        ("dep_chain_submit/.*", .floor(2)),
        ("byte_progress/(byte_reporting|progress)_500", .reference("byte_progress/noop_500", 1.3)),
        ("backoff_delay/exponential_jitter", .nanoseconds(12)),
        ("backoff_delay/.*", .nanoseconds(5)),
        ("cycle/10000/file-.*", .floor(2)),
        // 3200 jobs in at most 1.6 times the time of 100 syncs: 20 jobs a sync.
        ("durable/64", .reference("disk/sync_100", 1.6)),
        ("backlog/1M", .row("backlog/1k", 1.5)),
        ("backlog/1M/file-normal", .row("backlog/1k/file-normal", 1.5)),
        ("backlog/1M/keys.*|startup/100k", .floor(1.5)),
        ("held_back/.*", .reference("held_back/none", 1.3)),
        ("aging/100k", .reference("aging/none", 1.3)),
        ("fair_share/1000", .reference("fair_share/none", 1.3)),
        ("events/10", .reference("events/0", 1.3)),
    ]

    /// The target of a row.
    static func of(_ row: String) throws -> Target? {
        try targets.first { try Regex($0.rows).wholeMatch(in: row) != nil }?.target
    }

    var limit: Double {
        switch self {
        case .floor(let limit), .reference(_, let limit), .row(_, let limit), .nanoseconds(let limit): limit
        }
    }

    /// The value that is compared with the limit; `nil` if it was not measured.
    func value(of measurement: Measurement, in run: [String: Measurement]) -> Double? {
        switch self {
        case .floor: measurement.floorRatio
        case .reference(let name, _): measurement.ratios[name]
        case .row(let name, _): run[name].map { measurement.medianNanoseconds / $0.medianNanoseconds }
        case .nanoseconds: measurement.nanosecondsPerJob
        }
    }

    /// The target as a cell of a table.
    var text: String {
        switch self {
        case .floor(let limit): "≤ \(limit)"
        case .reference(let name, let limit), .row(let name, let limit): "≤ \(limit) × `\(name)`"
        case .nanoseconds(let limit): "≤ \(Table.time(limit))"
        }
    }
}
