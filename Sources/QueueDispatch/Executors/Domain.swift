public import QueueModel

/// A named group of executors with common defaults, a common limit and common state.
///
///     Domain("media") {
///         MakeThumbnail()
///         Transcode()
///     }
///     .concurrency(4)
///     .defaults(JobOptions(priority: .background))
///
/// The stored type name of its jobs is `domain.type`, so the same payload type can be used in several domains.
public struct Domain: Sendable {
    /// The name, 1…512 bytes of UTF-8, without NUL and `.`.
    public let name: String
    var executors: [ExecutorRegistration]
    var limit: Int?
    var options = JobOptions()
    var states: [ObjectIdentifier: any Sendable] = [:]
    var middleware: [any ExecutionMiddleware] = []

    /// Creates a domain of executors.
    public init(_ name: String, @ExecutorBuilder executors: () -> [ExecutorRegistration]) {
        self.name = name
        self.executors = executors()
    }

    /// Returns the domain with a limit on how many of its jobs run on one worker at once; at least 1.
    ///
    /// ``JobQueue/Limits/setConcurrency(_:ofDomain:)`` changes it later.
    public func concurrency(_ limit: Int) -> Domain {
        var domain = self
        domain.limit = limit
        return domain
    }

    /// Returns the domain with defaults for its jobs; submissions and job types override them.
    public func defaults(_ options: JobOptions) -> Domain {
        var domain = self
        domain.options = options.falling(backTo: domain.options)
        return domain
    }

    /// Returns the domain with a value that its executors find by its type with ``JobContext/state(_:)``, before the
    /// queue's.
    public func state<State: Sendable>(_ value: State) -> Domain {
        var domain = self
        domain.states[ObjectIdentifier(State.self)] = value
        return domain
    }
}

extension Domain {
    /// Returns the domain with middleware around each execution of its jobs, inside the queue's and that of earlier
    /// calls.
    public func middleware(_ middleware: any ExecutionMiddleware...) -> Domain {
        var domain = self
        domain.middleware += middleware
        return domain
    }
}

extension Domain {
    /// A result builder that lists the executors of a domain.
    @resultBuilder
    public enum ExecutorBuilder {
        /// Lists an executor.
        public static func buildExpression(_ executor: some JobExecutor) -> [ExecutorRegistration] {
            [ExecutorRegistration(executor)]
        }

        /// Lists a prepared registration.
        public static func buildExpression(_ registration: ExecutorRegistration) -> [ExecutorRegistration] {
            [registration]
        }

        /// Concatenates the parts.
        public static func buildBlock(_ parts: [ExecutorRegistration]...) -> [ExecutorRegistration] {
            parts.flatMap { $0 }
        }

        /// Lists the parts of an `if` without `else`.
        public static func buildOptional(_ part: [ExecutorRegistration]?) -> [ExecutorRegistration] {
            part ?? []
        }

        /// Lists the parts of the first branch.
        public static func buildEither(first part: [ExecutorRegistration]) -> [ExecutorRegistration] {
            part
        }

        /// Lists the parts of the other branch.
        public static func buildEither(second part: [ExecutorRegistration]) -> [ExecutorRegistration] {
            part
        }

        /// Concatenates the parts of a loop.
        public static func buildArray(_ parts: [[ExecutorRegistration]]) -> [ExecutorRegistration] {
            parts.flatMap { $0 }
        }
    }

    /// A result builder that lists the domains of a queue, and executors without a domain.
    @resultBuilder
    public enum Builder {
        /// Lists a domain.
        public static func buildExpression(_ domain: Domain) -> [Domain] {
            [domain]
        }

        /// Lists prepared domains.
        public static func buildExpression(_ domains: [Domain]) -> [Domain] {
            domains
        }

        /// Lists an executor without a domain: its jobs are stored under their type's own name.
        public static func buildExpression(_ executor: some JobExecutor) -> [Domain] {
            [Domain("") { executor }]
        }

        /// Lists a registration without a domain.
        public static func buildExpression(_ registration: ExecutorRegistration) -> [Domain] {
            [Domain("") { registration }]
        }

        /// Concatenates the parts.
        public static func buildBlock(_ parts: [Domain]...) -> [Domain] {
            parts.flatMap { $0 }
        }

        /// Lists the parts of an `if` without `else`.
        public static func buildOptional(_ part: [Domain]?) -> [Domain] {
            part ?? []
        }

        /// Lists the parts of the first branch.
        public static func buildEither(first part: [Domain]) -> [Domain] {
            part
        }

        /// Lists the parts of the other branch.
        public static func buildEither(second part: [Domain]) -> [Domain] {
            part
        }

        /// Concatenates the parts of a loop.
        public static func buildArray(_ parts: [[Domain]]) -> [Domain] {
            parts.flatMap { $0 }
        }
    }
}
