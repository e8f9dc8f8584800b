/// A way for a store to be wrong, which the kill loops have to find: how they are tested themselves.
enum Mistake: String, CaseIterable, Sendable {
    /// Submissions are acknowledged and not in the file.
    case acknowledgesTooEarly
    /// Ends were reported that are not in the file.
    case tellsOfEndsTooEarly
    /// Claims hand out a job that runs already.
    case handsOutTwice
    /// Claims know of no groups.
    case forgetsGroupLimits
}
