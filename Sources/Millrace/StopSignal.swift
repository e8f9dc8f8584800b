#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension JobQueue {
    /// A signal that asks a program to end.
    public struct StopSignal: Hashable, Sendable {
        package let number: Int32

        package init(number: Int32) {
            self.number = number
        }

        /// SIGINT: Control-C in a terminal.
        public static let interrupt = JobQueue.StopSignal(number: SIGINT)
        /// SIGTERM: what service managers and `kill` send.
        public static let terminate = JobQueue.StopSignal(number: SIGTERM)
    }
}
