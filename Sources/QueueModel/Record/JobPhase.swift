/// Which part of its executor a job's next or present attempt runs.
public enum JobPhase: UInt8, Hashable, Sendable, Codable {
    /// `execute`.
    case execute = 0
    /// `finalize`, after all children have ended.
    case finalize = 1
}
