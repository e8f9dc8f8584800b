/// A job that has to end before another starts.
public enum Dependency: Hashable, Sendable, Codable {
    /// A job in the store, in whatever state.
    case job(JobID)
    /// The submission at a place (from 0) in the same batch, before or after the one that names it.
    case submission(Int)
}

/// What becomes of a job when one of its dependencies ends otherwise than completed.
public enum DependencyPolicy: UInt8, Hashable, Sendable, Codable, CaseIterable {
    /// It ends as ``JobState/dependencyFailed``, and so do those that depend on it, as their policy says. The default.
    case cancel = 0
    /// It ends as ``JobState/dependencyFailed``; those that depend on it stay blocked for a person to settle.
    case fail = 1
    /// The dependency counts as met.
    case ignore = 2
}
