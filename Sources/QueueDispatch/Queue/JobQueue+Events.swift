public import QueueModel

extension JobQueue {
    // MARK: Events

    /// Subscribes to what happens from now on.
    ///
    /// - Parameters:
    ///   - kinds: The kinds of events to deliver; default: all.
    ///   - domain: The domain whose jobs' events are delivered; `nil`: all events.
    ///   - bufferSize: The number of events that can wait, 1…1 000 000; values outside the range count as the nearer
    ///     end, default 1024. When there are more, the oldest are lost, and the subscriber receives their number.
    public func events(
        _ kinds: JobEvent.Kinds = .all, domain: String? = nil, bufferSize: Int = 1024
    ) -> JobEvents {
        let types = domain.map { core.registry.types(ofDomain: $0) }
        return core.subscribe(EventFilter(kinds: kinds, types: types), bufferSize)
    }

    /// Subscribes to what happens to the jobs of one type from now on, in all domains; see
    /// ``events(_:domain:bufferSize:)``.
    public func events<Payload: Job>(
        of type: Payload.Type, _ kinds: JobEvent.Kinds = .all, bufferSize: Int = 1024
    ) -> JobEvents {
        let types = Set(core.registry.types(of: type))
        return core.subscribe(EventFilter(kinds: kinds, types: types), bufferSize)
    }

    /// Subscribes to what happens to one job from now on; the stream ends after the job's end.
    ///
    /// A job that has already ended sends nothing: subscribe first, then read ``job(_:)``.
    public func events(of id: JobID, _ kinds: JobEvent.Kinds = .all, bufferSize: Int = 1024) -> JobEvents {
        core.subscribe(EventFilter(kinds: kinds, job: id), bufferSize)
    }
}
