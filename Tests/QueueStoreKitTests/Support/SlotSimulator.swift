import QueueBackoff
import QueueModel
import QueueStoreKit

/// A worker's slots, shared by groups whose jobs come and last as they are told to: what ``FairShare`` has to do
/// well on.
///
/// It claims as a store does: whoever has work, is below its cap and stands first by its rank gets the next slot.
struct SlotSimulator {
    /// A group and its jobs.
    struct Group {
        var share: FairSharePolicy.Share
        /// How long a job holds its slot, in milliseconds.
        var duration: ClosedRange<Int>
        /// How many jobs come in a second on average; `nil`: there is always one.
        var perSecond: Double?
        /// Times in which the group is held.
        var heldDuring: Range<Int64> = 0..<0

        var slotTime: Int64 = 0
        var starts = 0
        var waiting = 0
        var running = 0

        init(share: FairSharePolicy.Share, duration: ClosedRange<Int>, perSecond: Double? = nil) {
            self.share = share
            self.duration = duration
            self.perSecond = perSecond
        }
    }

    private(set) var groups: [Group]
    private(set) var now: Int64 = 0
    /// What was wrong with a start, with a sentence each.
    private(set) var faults: [String] = []
    let slots: Int
    private var account = FairShare<Int>()
    private var ends: [(at: Int64, group: Int)] = []
    private var generator: FastRandom

    init(slots: Int, seed: UInt64 = 1, _ groups: [Group]) {
        self.slots = slots
        self.groups = groups
        generator = FastRandom(seed: seed)
        for (index, group) in groups.enumerated() { account.set(group.share, of: index) }
    }

    /// The part of all slot time that a group had.
    func part(of group: Int) -> Double {
        Double(groups[group].slotTime) / Double(groups.reduce(0) { $0 + $1.slotTime })
    }

    /// Forgets what was used so far, not what the account has noted.
    mutating func resetFigures() {
        for index in groups.indices {
            groups[index].slotTime = 0
            groups[index].starts = 0
        }
    }

    mutating func setShare(_ share: FairSharePolicy.Share, of group: Int) {
        groups[group].share = share
        account.set(share, of: group)
    }

    mutating func setDemand(_ perSecond: Double?, of group: Int) {
        groups[group].perSecond = perSecond
        groups[group].waiting = 0
    }

    /// Lets so many milliseconds pass, in steps of a few.
    mutating func run(for milliseconds: Int64, step: Int64 = 5) {
        let end = now + milliseconds
        while now < end {
            arrive(during: step)
            claim()
            now += step
            account.advance(to: Timestamp(milliseconds: now))
            for index in groups.indices { groups[index].slotTime += step * Int64(groups[index].running) }
            stop()
        }
    }

    /// Starts and ends jobs while no time passes, the oldest first.
    mutating func runFrozen(starts: Int) {
        account.advance(to: Timestamp(milliseconds: now))
        let before = groups.reduce(0) { $0 + $1.starts }
        while groups.reduce(0, { $0 + $1.starts }) < before + starts {
            claim()
            leave(ends.removeFirst().group)
        }
    }

    private mutating func arrive(during step: Int64) {
        for index in groups.indices {
            guard let perSecond = groups[index].perSecond else {
                groups[index].waiting = .max
                continue
            }
            let expected = perSecond * Double(step) / 1000
            if Double.random(in: 0..<1, using: &generator) < expected { groups[index].waiting += 1 }
        }
    }

    private func hasWork(_ index: Int) -> Bool {
        (groups[index].perSecond == nil || groups[index].waiting > 0) && !groups[index].heldDuring.contains(now)
    }

    private mutating func claim() {
        while ends.count < slots {
            let ready = groups.indices.filter { hasWork($0) && !account.isFull($0) }
            guard let next = ready.min(by: { account.rank(of: $0) < account.rank(of: $1) }) else { break }
            if groups[next].running >= groups[next].share.minimumSlots,
                let robbed = ready.first(where: { groups[$0].running < groups[$0].share.minimumSlots })
            {
                faults.append("\(next) was served while \(robbed) had less than its minimum")
            }
            account.start(next)
            groups[next].running += 1
            groups[next].starts += 1
            if groups[next].perSecond != nil { groups[next].waiting -= 1 }
            let duration = Int64(Int.random(in: groups[next].duration, using: &generator))
            ends.append((now + duration, next))
            if let maximum = groups[next].share.maximumSlots, groups[next].running > maximum {
                faults.append("\(next) runs \(groups[next].running) jobs, its cap is \(maximum)")
            }
        }
        for index in groups.indices {
            if account.running(index) != groups[index].running { faults.append("the count of \(index) is wrong") }
            let mayHaveMore = groups[index].share.maximumSlots.map { groups[index].running < $0 } ?? true
            if ends.count < slots, hasWork(index), mayHaveMore {
                faults.append("a slot is idle while \(index) has work")
            }
        }
    }

    private mutating func stop() {
        let done = ends.filter { $0.at <= now }
        ends.removeAll { $0.at <= now }
        for end in done { leave(end.group) }
    }

    private mutating func leave(_ group: Int) {
        groups[group].running -= 1
        account.stop(group)
    }
}
