/// Why an attempt or a job ended badly, as it is kept with it.
public struct JobFailure: Hashable, Sendable, Codable {
    /// The error's description, cut to 4096 bytes at a character.
    public var message: String
    /// What kind of end it was.
    public var kind: Kind

    /// A kind of bad end.
    public enum Kind: UInt8, Hashable, Sendable, Codable {
        /// The executor threw an error that may pass.
        case retryable = 0
        /// The executor threw an error that no retry mends.
        case permanent = 1
        /// The attempt took longer than its time limit.
        case timedOut = 2
        /// The payload could not be decoded.
        case undecodable = 3
        /// The worker died with the attempt running.
        case crashed = 4
        /// The attempt was cancelled.
        case cancelled = 5
        /// A child or a dependency ended badly.
        case relatedJob = 6
        /// The attempt asked to be put back until later; no failure counts.
        case snoozed = 7
        /// The attempt was interrupted by a shutdown or a preemption; no failure counts.
        case interrupted = 8
    }

    /// The most bytes of a message that are kept.
    public static let messageBytes = 4096

    /// Makes a failure; a message that is too long is cut at a character.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        guard message.utf8.count > Self.messageBytes else {
            self.message = message
            return
        }
        var cut = ""
        var bytes = 0
        for character in message {
            bytes += character.utf8.count
            if bytes > Self.messageBytes { break }
            cut.append(character)
        }
        if cut.isEmpty {
            // A single character, of marks upon marks, may be larger than all that is kept.
            for scalar in message.unicodeScalars {
                if cut.utf8.count + UTF8.width(scalar) > Self.messageBytes { break }
                cut.unicodeScalars.append(scalar)
            }
        }
        self.message = cut
    }
}
