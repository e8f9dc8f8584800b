/// A hold on a part of a store's jobs: nothing of it is claimed by any worker until it is lifted (rule D8).
///
/// Holds are stored. Several with different reasons can lie on one part; it moves again when the last is lifted.
public struct Pause: Hashable, Sendable, Codable {
    /// What is held.
    public var target: Target
    /// Why: the name under which it is lifted; 1…512 bytes, no NUL.
    public var reason: String
    /// When it lifts itself; `nil`: never.
    public var until: Timestamp?
    /// Whether running jobs of the part are asked to stop as well; they go back to their places, without a failed attempt.
    ///
    /// Default `false`: what runs goes on.
    public var stopsRunning: Bool

    /// A part of a store's jobs.
    public enum Target: Hashable, Sendable, Codable {
        /// All jobs.
        case queue
        /// The jobs of the types of a domain.
        case domain(String)
        /// The jobs of a group.
        case group(String)
    }

    /// Makes a hold.
    public init(_ target: Target, reason: String = "paused", until: Timestamp? = nil, stopsRunning: Bool = false) {
        self.target = target
        self.reason = reason
        self.until = until
        self.stopsRunning = stopsRunning
    }

    /// Whether it holds at an instant.
    public func isInForce(at now: Timestamp) -> Bool {
        until.map { $0 > now } ?? true
    }
}

extension Pause.Target {
    /// Whether jobs of a domain and a group belong to the part; a type that nobody here has is of no domain.
    package func covers(domain: String?, group: String?) -> Bool {
        switch self {
        case .queue: true
        case .domain(let name): name == domain
        case .group(let name): name == group
        }
    }
}
