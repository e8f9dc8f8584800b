import QueueModel
import QueueTesting
import Testing

@testable import QueueDispatch

@Suite("Event hub") struct EventBufferTests {
    private func event(_ id: Int64, _ kind: JobEvent.Kind = .released) -> JobEvent {
        JobEvent(kind, id: JobID(id), type: "work", at: Timestamp(milliseconds: id))
    }

    @Test("Q3 a hub is idle while nobody listens, also after the last has gone")
    func idle() {
        let hub = EventHub()
        #expect(!hub.wants(.all))
        var first: JobEvents? = hub.subscribe(EventFilter(), capacity: 1)
        var second: JobEvents? = hub.subscribe(EventFilter(), capacity: 1)
        let copy = first
        #expect(hub.wants(.all))
        first = nil
        second = nil
        #expect(hub.wants(.all))
        withExtendedLifetime(copy) {}
        _ = (first, second)
    }

    @Test("Q3 events that nobody wants need not be made, except the end of a job that has a stream")
    func wanted() {
        let hub = EventHub()
        let ends = hub.subscribe(EventFilter(kinds: .ended), capacity: 1)
        #expect(hub.wants(.ended) && hub.wants([.started, .ended]) && !hub.wants([.started, .submitted]))
        let job = hub.subscribe(EventFilter(kinds: .started, job: JobID(1)), capacity: 1)
        #expect(hub.wants(.started) && !hub.wants(.submitted))
        withExtendedLifetime(ends) {}
        withExtendedLifetime(job) {}
        let other = EventHub()
        let alone = other.subscribe(EventFilter(kinds: .started, job: JobID(1)), capacity: 1)
        #expect(other.wants(.ended))
        withExtendedLifetime(alone) {}
    }

    @Test("Q3 a subscription ends when it and its iterators are released")
    func released() {
        let hub = EventHub()
        do {
            let events = hub.subscribe(EventFilter(), capacity: 1)
            let iterator = events.makeAsyncIterator()
            #expect(hub.wants(.all))
            withExtendedLifetime(iterator) {}
        }
        #expect(!hub.wants(.all))
    }

    @Test(
        "Q3 each event comes once and in order while it is written and read at the same time", arguments: [1, 7, 1000])
    func concurrent(capacity: Int) async {
        let buffer = EventBuffer(filter: EventFilter(), capacity: capacity)
        let count: Int64 = 2000
        async let written: Void = {
            for id in 1...count {
                buffer.append([event(id)])
                if id.isMultiple(of: 100) { await Task.yield() }
            }
            buffer.finish()
        }()
        var last: Int64 = 0
        var lost = 0
        var read = 0
        while let event = await buffer.next() {
            if case .lost(let number) = event.kind {
                lost += number
                continue
            }
            let id = event.id?.rawValue ?? 0
            #expect(id > last)
            last = id
            read += 1
        }
        await written
        #expect(lost + read == Int(count))
        #expect(last == count)
    }

    @Test("Q3 one who waits is given the event, or the end")
    func waiting() async {
        let buffer = EventBuffer(filter: EventFilter(job: JobID(1)), capacity: 4)
        async let first = buffer.next()
        buffer.append([event(2), event(1)])
        #expect(await first?.id == JobID(1))
        async let second = buffer.next()
        buffer.append([event(1, .ended(.completed, nil)), event(1)])
        #expect(await second?.kind == .ended(.completed, nil))
        #expect(await buffer.next() == nil)
    }

    @Test(
        "Q3 the end of a job ends its stream also where ends are not wanted, waiting or not", arguments: [true, false])
    func unwantedEnd(isWaiting: Bool) async {
        let buffer = EventBuffer(filter: EventFilter(kinds: .started, job: JobID(1)), capacity: 4)
        async let next = isWaiting ? buffer.next() : nil
        if isWaiting { await Task.yield() }
        buffer.append([event(2, .ended(.completed, nil)), event(1, .ended(.failed, nil))])
        #expect(await next == nil)
        #expect(await buffer.next() == nil)
    }

    @Test("Q3 another job's end does not end a stream")
    func otherEnd() async {
        let buffer = EventBuffer(filter: EventFilter(job: JobID(1)), capacity: 4)
        buffer.append([event(2, .ended(.completed, nil)), event(1)])
        #expect(await buffer.next()?.id == JobID(1))
    }
}
