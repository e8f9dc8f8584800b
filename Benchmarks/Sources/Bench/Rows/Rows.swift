extension Row {
    /// All rows, in the order of the report.
    static let all: [Row] =
        submitRows + tagRows + dispatchRows + groupRows + executorRows + retryRows + dependencyRows + peekRows
        + queryRows + backoffRows + eventRows + backlogRows + policyRows + [startup] + durableRows + [
            processes
        ] + latencies

    /// Whether the reference has the row too, perhaps in memory only; the others are of load, size and time.
    var isOfReference: Bool { Self.referenceNames.contains { name == $0 || name.hasPrefix($0 + "/") } }

    var isLatency: Bool { name.hasPrefix("latency/") }

    private static let referenceNames = [
        "submit_1000_tasks", "submit_dedup_hit_1000", "batch_submit_1000", "dispatch_and_complete_1000",
        "concurrency_scaling",
        "mixed_priority_dispatch_500", "dispatch_no_groups_500", "dispatch_one_group_500", "dispatch_group_scaling",
        "dispatch_permanent_failure_500", "retryable_dead_letter", "dep_chain_submit", "dep_chain_dispatch",
        "dep_fan_in_dispatch", "byte_progress", "byte_progress_snapshot_100_tasks", "peek_next", "submit_with_tags",
        "query_by_tags", "query_ids_by_tags", "count_by_tags", "tag_values", "history_query", "history_stats",
        "history_by_type", "backoff_delay",
    ]
}
