/// How far an attempt is (rule Q4).
public struct JobProgress: Hashable, Sendable, Codable {
    /// What is done, in the terms in which it was reported.
    public var done: Done
    /// How much was done a second of late, smoothed: of the whole, things, or bytes; `nil` before it can be told, and for an estimate.
    public var rate: Double?
    /// How long the rest takes at that rate, or, for an estimate, by the job type's history; `nil` where it can't be told.
    public var timeLeft: Duration?
    /// What the attempt said with its reports, for a person.
    public var message: String?

    /// An amount of work that was done.
    public enum Done: Hashable, Sendable, Codable {
        /// A part of the whole, 0…1.
        case fraction(Double)
        /// A number of things, of how many where that is known.
        case count(Int64, of: Int64?)
        /// A number of bytes, of how many where that is known.
        case bytes(Int64, of: Int64?)
        /// Nothing was reported: a part of the whole, by how long jobs of the type took so far; above 0 and below 1.
        case estimate(Double)
    }

    /// Makes a progress.
    public init(_ done: Done, rate: Double? = nil, timeLeft: Duration? = nil, message: String? = nil) {
        self.done = done
        self.rate = rate
        self.timeLeft = timeLeft
        self.message = message
    }

    /// The part of the whole that is done, 0…1; `nil` where the whole is not known.
    ///
    /// Of nothing everything is done.
    public var fraction: Double? {
        switch done {
        case .fraction(let part), .estimate(let part):
            part
        case .count(let done, of: let total), .bytes(let done, of: let total):
            total.map { $0 > 0 ? min(max(Double(done) / Double($0), 0), 1) : 1 }
        }
    }

    /// Whether nothing was reported, and this is what the history of the type suggests.
    public var isEstimate: Bool {
        if case .estimate = done { true } else { false }
    }
}
