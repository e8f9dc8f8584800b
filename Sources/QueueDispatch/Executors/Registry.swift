import QueueBackoff
import QueueModel
import QueueStoreKit

/// A registered executor with its stored type, its domain, and its settings as the job type, the domain and the queue
/// resolve them.
final class ExecutorEntry: Sendable {
    let type: JobType
    /// The executor's index among the queue's executors.
    let index: Int
    let domain: Int
    let body: ExecutorRegistration.Body?
    let payload: any Job.Type
    /// The settings of the job type, the domain and the queue, the first to have one taking precedence.
    let options: JobOptions
    let retry: RetryPolicy
    let states: [ObjectIdentifier: any Sendable]
    /// The middleware around each execution, the outermost first.
    let middleware: [any ExecutionMiddleware]

    init(
        type: JobType, index: Int = 0, domain: Int, body: ExecutorRegistration.Body?, payload: any Job.Type,
        options: JobOptions,
        states: [ObjectIdentifier: any Sendable], middleware: [any ExecutionMiddleware] = []
    ) {
        self.type = type
        self.index = index
        self.domain = domain
        self.body = body
        self.payload = payload
        self.options = options
        self.retry = options.retry ?? .default
        self.states = states
        self.middleware = middleware
    }
}

/// The domains and executors of a queue; fixed when the queue is created.
struct Registry: Sendable {
    /// The name and the first limit of each domain.
    private(set) var domains: [DomainRule] = []
    /// By stored type, former names included.
    private(set) var byType: [JobType: ExecutorEntry] = [:]
    /// The stored types by their executors' indexes, without former names.
    private(set) var types: [JobType] = []
    /// The rates of stored types, former names included.
    private(set) var rates: [JobType: TypeRate] = [:]
    private var byPayload: [ObjectIdentifier: [ExecutorEntry]] = [:]

    init(
        _ parts: [Domain], defaults: JobOptions, states: [ObjectIdentifier: any Sendable] = [:],
        middleware: [any ExecutionMiddleware] = []
    ) throws(QueueError) {
        for part in parts {
            let domain = try add(domain: part)
            let merged = part.states.merging(states) { own, _ in own }
            for registration in part.executors {
                try add(
                    registration, of: part, at: domain, defaults: defaults, states: merged,
                    middleware: middleware + part.middleware)
            }
        }
    }

    /// The stored types that this queue has executors for, each with its domain's index.
    var claimable: [JobType: Int] {
        byType.filter { $0.value.body != nil }.mapValues(\.domain)
    }

    /// Returns the stored types of a payload type, in all its domains.
    func types(of payload: any Job.Type) -> [JobType] {
        (byPayload[ObjectIdentifier(payload)] ?? []).map(\.type)
    }

    /// Returns the executor of a payload type, in the named domain or in its only one.
    func executor(for payload: any Job.Type, domain name: String?) throws(QueueError) -> ExecutorEntry {
        let candidates = byPayload[ObjectIdentifier(payload)] ?? []
        if let name {
            for candidate in candidates where domains[candidate.domain].name == name { return candidate }
            throw QueueError(
                .unknownJobType, "the job type \"\(payload.type)\" is not registered in the domain \"\(name)\"")
        }
        guard let first = candidates.first else {
            throw QueueError(.unknownJobType, "the job type \"\(payload.type)\" is not registered with this queue")
        }
        guard candidates.count == 1 else {
            throw QueueError(
                .ambiguousJobType,
                "the job type \"\(payload.type)\" is registered in several domains; name one")
        }
        return first
    }

    /// Returns the stored types of a domain, former names included.
    func types(ofDomain name: String) -> Set<JobType> {
        Set(byType.filter { domains[$0.value.domain].name == name }.keys)
    }

    /// The stored types that have an executor here, former names included.
    var executable: Set<JobType> {
        Set(byType.filter { $0.value.body != nil }.keys)
    }

    private mutating func add(domain: Domain) throws(QueueError) -> Int {
        if !domain.name.isEmpty {
            try TextRule.domain.check(domain.name)
            if domain.name.contains(".") {
                throw QueueError(
                    .invalidRegistration, "the domain \"\(domain.name)\" has a \".\", which ends a domain's name")
            }
        }
        if let limit = domain.limit, limit < 1 {
            throw QueueError(
                .invalidOption, "the concurrency of domain \"\(domain.name)\" is \(limit), it must be at least 1")
        }
        if let known = domains.firstIndex(where: { $0.name == domain.name }) {
            // Executors without a domain come one by one; a named domain is said once.
            guard domain.name.isEmpty else {
                throw QueueError(.invalidRegistration, "the domain \"\(domain.name)\" is registered twice")
            }
            return known
        }
        domains.append(DomainRule(name: domain.name, limit: domain.limit))
        return domains.count - 1
    }

    private mutating func add(
        _ registration: ExecutorRegistration, of part: Domain, at domain: Int, defaults: JobOptions,
        states: [ObjectIdentifier: any Sendable], middleware: [any ExecutionMiddleware]
    ) throws(QueueError) {
        let payload = registration.payload
        guard registration.outputIsStorable else {
            throw QueueError(
                .invalidRegistration,
                "the output of the executor of \"\(payload.type)\" is neither Void nor Codable")
        }
        if let limit = registration.threadLimit { try BlockingThreads.check(limit: limit) }
        let options = payload.options.falling(backTo: part.options).falling(backTo: defaults)
        let executor = ExecutorEntry(
            type: payload.type.qualified(by: part.name), index: types.count, domain: domain, body: registration.body,
            payload: payload, options: options,
            states: states, middleware: middleware)
        // The settings are checked as those of a submission that says nothing itself.
        try JobSubmission(
            type: executor.type, payloadVersion: payload.version, group: options.group, tags: options.tags,
            retry: options.retry, timeout: options.timeout, expectedIO: options.expectedIO
        ).validate()
        if let timeToLive = options.timeToLive, timeToLive <= .zero {
            throw QueueError(.invalidOption, "the time to live of \"\(payload.type)\" is not above zero")
        }
        try payload.rateLimit?.validate()
        for type in [executor.type] + payload.aliases.map({ $0.qualified(by: part.name) }) {
            try TextRule.type.check(type.rawValue)
            guard byType.updateValue(executor, forKey: type) == nil else {
                throw QueueError(.invalidRegistration, "the job type \"\(type)\" is registered twice")
            }
            rates[type] = payload.rateLimit.map { TypeRate(bucket: executor.type, limit: $0) }
        }
        types.append(executor.type)
        byPayload[ObjectIdentifier(payload), default: []].append(executor)
    }
}
