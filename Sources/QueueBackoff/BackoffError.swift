extension Backoff {
    /// A mistake in a ``Backoff`` or a ``RetryPolicy``.
    public struct ValidationError: Error, Hashable, CustomStringConvertible {
        /// The kind of mistake.
        public struct Code: Hashable, Sendable, CustomStringConvertible {
            private enum Kind: String {
                case negativeDelay, negativeIncrement, negativeCap, factorOutOfRange, negativeRetries, negativeDeadline
            }

            private let kind: Kind

            /// The initial or constant delay is below zero.
            public static let negativeDelay = Code(kind: .negativeDelay)
            /// The increment of a linear curve is below zero.
            public static let negativeIncrement = Code(kind: .negativeIncrement)
            /// The cap is below zero.
            public static let negativeCap = Code(kind: .negativeCap)
            /// The factor of an exponential curve is below one, infinite, or not a number.
            public static let factorOutOfRange = Code(kind: .factorOutOfRange)
            /// The number of retries is below zero.
            public static let negativeRetries = Code(kind: .negativeRetries)
            /// The deadline is below zero.
            public static let negativeDeadline = Code(kind: .negativeDeadline)

            /// The code's name.
            public var description: String { kind.rawValue }
        }

        /// The kind of mistake.
        public let code: Code

        /// The string form of the value that was found wrong.
        public let value: String

        /// The code and the value, for a log.
        public var description: String { "\(code): \(value)" }
    }
}

extension Backoff {
    /// Checks that every part is in range.
    ///
    /// A value that does not pass still has defined delays; the check is for where a policy comes in from outside.
    ///
    /// - Throws: ``Backoff/ValidationError`` for the first part found wrong: a negative duration, or a factor that is
    ///   below one,
    ///   infinite, or not a number.
    public func validate() throws(Backoff.ValidationError) {
        if initialNanoseconds < 0 { throw Backoff.ValidationError(code: .negativeDelay, value: description) }
        switch growth {
        case .constant:
            break
        case .linear(let nanoseconds):
            if nanoseconds < 0 { throw Backoff.ValidationError(code: .negativeIncrement, value: description) }
        case .exponential(let bits):
            let factor = Double(bitPattern: bits)
            guard factor >= 1, factor.isFinite else {
                throw Backoff.ValidationError(code: .factorOutOfRange, value: description)
            }
        }
        if capNanoseconds < 0 { throw Backoff.ValidationError(code: .negativeCap, value: description) }
    }
}

extension RetryPolicy {
    /// Checks that every part is in range.
    ///
    /// - Throws: ``Backoff/ValidationError`` for the first part found wrong: what ``Backoff/validate()`` finds, a
    ///   negative number
    ///   of retries, or a negative deadline.
    public func validate() throws(Backoff.ValidationError) {
        try backoff.validate()
        if maximumRetries < 0 { throw Backoff.ValidationError(code: .negativeRetries, value: description) }
        if let deadlineNanoseconds, deadlineNanoseconds < 0 {
            throw Backoff.ValidationError(code: .negativeDeadline, value: description)
        }
    }
}
