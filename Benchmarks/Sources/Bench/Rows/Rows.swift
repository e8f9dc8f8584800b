extension Row {
    /// All rows, in the order of the report.
    static let all: [Row] =
        submitRows + tagRows + dispatchRows + retryRows + dependencyRows + peekRows + queryRows
        + backlogRows + durableRows
}
