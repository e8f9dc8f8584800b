/// How large the parts of a submission may be (rule S7).
public struct SubmissionLimits: Hashable, Sendable {
    /// Bytes of a payload: 0…1 GiB, default 1 MiB.
    public var payloadBytes: Int
    /// Versions of a payload's form: 0…2 147 483 647.
    public static let payloadVersions = 0...Int(Int32.max)
    /// Tags of a job: 64.
    public static let tags = 64
    /// Bytes of a tag's key: 128.
    public static let tagKeyBytes = 128
    /// Bytes of a tag's value: 512.
    public static let tagValueBytes = 512
    /// Bytes of a type, key, group or label: 512.
    public static let textBytes = 512
    /// Dependencies of a job: 100 000.
    public static let dependencies = 100_000

    /// The limits that hold where nothing else is said.
    public static let `default` = SubmissionLimits()

    /// Makes limits.
    public init(payloadBytes: Int = 1 << 20) {
        self.payloadBytes = payloadBytes
    }
}
