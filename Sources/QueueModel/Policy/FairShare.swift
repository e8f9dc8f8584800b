/// Divides slots between groups by weight, over time: the account that a worker keeps for ``FairSharePolicy``.
///
/// A value: instants, starts and stops in, an order of groups out. Each group has a *virtual time*: the time for which its jobs held
/// slots, divided by its weight. The group with the least is served next, as in start-time fair queueing (Goyal, Vin and Cheng, 1996) and Linux's
/// former completely fair scheduler; what differs is that a slot can't be taken back, so a group's running jobs count ahead with an average
/// job's time each. A group that comes back with work starts where the others are: rest earns no credit.
///
/// A start, a stop and a look at the order cost the same at any number of groups; only ``advance(to:)`` goes through
/// those that have jobs running.
public struct FairShare<Group: Hashable & Sendable>: Sendable {
    private struct Account: Sendable {
        var share: GroupShare
        var running = 0
        /// Milliseconds of slots, divided by the weight.
        var virtualTime = 0.0
    }

    private var accounts: [Group: Account] = [:]
    private var busy: Set<Group> = []
    private var now: Timestamp?
    /// The virtual time of the group that was served last: where groups start that come back.
    private var floor = 0.0
    /// The milliseconds for which all jobs held slots, and how many jobs that were.
    private var slotTime = 0.0
    private var starts = 0.0

    /// What a start costs at least, in milliseconds: where no time passes, starts are what is divided.
    private static var minimumCost: Double { 1 }

    /// Makes an account without groups.
    public init() {}

    /// Where a group stands in the order of service: the least comes next.
    public struct Rank: Comparable, Sendable {
        /// Whether the group has its minimum of slots.
        public var hasMinimum: Bool
        /// Its virtual time, with its running jobs counted ahead.
        public var virtualTime: Double

        /// Whether a group is served before another.
        public static func < (left: Rank, right: Rank) -> Bool {
            if left.hasMinimum != right.hasMinimum { return right.hasMinimum }
            return left.virtualTime < right.virtualTime
        }
    }

    /// Charges the time that has passed to the groups whose jobs run.
    ///
    /// A clock that goes back charges nothing.
    public mutating func advance(to instant: Timestamp) {
        defer { now = instant }
        guard let now, instant > now, !busy.isEmpty else { return }
        let elapsed = Double(instant.milliseconds) - Double(now.milliseconds)
        for group in busy {
            guard var account = accounts.removeValue(forKey: group) else { continue }
            account.virtualTime += elapsed * Double(account.running) / Double(account.share.weight)
            slotTime += elapsed * Double(account.running)
            accounts[group] = account
        }
    }

    /// Takes a group in, or gives it another share; its virtual time goes on.
    public mutating func set(_ share: GroupShare, of group: Group) {
        if accounts[group] == nil {
            accounts[group] = Account(share: share, virtualTime: floor)
        } else {
            accounts[group]?.share = share
        }
    }

    /// Notes that a group has work again after it had none.
    public mutating func resume(_ group: Group) {
        guard let account = accounts[group], account.running == 0, account.virtualTime < floor else { return }
        accounts[group]?.virtualTime = floor
    }

    /// Notes that a job of a group has got a slot.
    public mutating func start(_ group: Group) {
        guard var account = accounts.removeValue(forKey: group) else { return }
        floor = max(floor, account.virtualTime)
        account.running += 1
        account.virtualTime += Self.minimumCost / Double(account.share.weight)
        slotTime += Self.minimumCost
        starts += 1
        accounts[group] = account
        busy.insert(group)
    }

    /// Notes that a job of a group has left its slot.
    public mutating func stop(_ group: Group) {
        guard let running = accounts[group]?.running, running > 0 else { return }
        accounts[group]?.running = running - 1
        if running == 1 { busy.remove(group) }
    }

    /// Forgets which jobs run, and keeps what was used: to begin anew with what is known to run.
    public mutating func forgetRunning() {
        for group in busy { accounts[group]?.running = 0 }
        busy = []
    }

    /// Notes that a job of a group runs that got its slot before.
    public mutating func countRunning(_ group: Group) {
        guard accounts[group] != nil else { return }
        accounts[group]?.running += 1
        busy.insert(group)
    }

    /// How many jobs of a group run.
    public func running(_ group: Group) -> Int { accounts[group]?.running ?? 0 }

    /// Whether a group has all the slots that it may have.
    public func isFull(_ group: Group) -> Bool {
        guard let account = accounts[group], let maximum = account.share.maximumSlots else { return false }
        return account.running >= maximum
    }

    /// Where a group stands.
    public func rank(of group: Group) -> Rank {
        guard let account = accounts[group] else { return Rank(hasMinimum: true, virtualTime: floor) }
        let average = starts > 0 ? slotTime / starts : Self.minimumCost
        return Rank(
            hasMinimum: account.running >= account.share.minimumSlots,
            virtualTime: account.virtualTime + Double(account.running) * average / Double(account.share.weight))
    }
}
