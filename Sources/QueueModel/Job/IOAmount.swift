/// Bytes read and written, on disk and on the network: what a job is expected to move, or did move.
public struct IOAmount: Hashable, Sendable, Codable {
    /// Bytes read from disk, at least 0.
    public var diskRead: Int64
    /// Bytes written to disk, at least 0.
    public var diskWritten: Int64
    /// Bytes received from the network, at least 0.
    public var networkReceived: Int64
    /// Bytes sent to the network, at least 0.
    public var networkSent: Int64

    /// Makes an amount; what is not named is 0.
    @inlinable
    public init(
        diskRead: Int64 = 0, diskWritten: Int64 = 0, networkReceived: Int64 = 0, networkSent: Int64 = 0
    ) {
        self.diskRead = diskRead
        self.diskWritten = diskWritten
        self.networkReceived = networkReceived
        self.networkSent = networkSent
    }

    /// Nothing.
    public static let zero = IOAmount()

    /// Whether nothing was moved.
    @inlinable
    public var isZero: Bool { self == .zero }
}
