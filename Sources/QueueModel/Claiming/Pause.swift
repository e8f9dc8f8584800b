/// A pause of a part of a store's jobs: no worker claims any of them until it is lifted.
///
/// Pauses are stored. Several with different reasons can cover one part, which resumes when the last of them is
/// lifted.
public struct Pause: Hashable, Sendable, Codable {
    /// The paused part.
    public var target: Target
    /// The reason, by which the pause is lifted; 1…512 bytes without NUL.
    public var reason: String
    /// The instant at which the pause ends by itself; `nil`: never.
    public var until: Timestamp?
    /// Whether running jobs of the part are asked to stop as well.
    ///
    /// They go back to their places in the order, and no failure counts.
    ///
    /// Default `false`: running jobs continue.
    public var stopsRunning: Bool

    /// A part of a store's jobs.
    public enum Target: Hashable, Sendable, Codable {
        /// All jobs.
        case queue
        /// The jobs of a domain's types.
        case domain(String)
        /// The jobs of a group.
        case group(String)
    }

    /// Creates a pause.
    public init(_ target: Target, reason: String = "paused", until: Timestamp? = nil, stopsRunning: Bool = false) {
        self.target = target
        self.reason = reason
        self.until = until
        self.stopsRunning = stopsRunning
    }

    /// Returns whether the pause is in force at an instant.
    public func isInForce(at now: Timestamp) -> Bool {
        until.map { $0 > now } ?? true
    }
}

extension Pause.Target {
    /// Returns whether the part covers jobs of a domain and a group.
    ///
    /// A type that is not registered has no domain.
    package func covers(domain: String?, group: String?) -> Bool {
        switch self {
        case .queue: true
        case .domain(let name): name == domain
        case .group(let name): name == group
        }
    }
}
