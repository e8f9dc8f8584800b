extension Row {
    /// All rows, in the order of the report.
    static let all: [Row] =
        submitRows + tagRows + dispatchRows + groupRows + executorRows + retryRows + dependencyRows + peekRows
        + queryRows + backoffRows + eventRows + backlogRows + policyRows + [startup] + durableRows + [
            processes, latency,
        ]
}
