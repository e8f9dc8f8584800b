public import QueueModel

/// An account that divides a worker's slots between groups by weight over time, for ``FairSharePolicy``.
///
/// A value: instants, starts and stops in, an order of groups out. Each group has a *virtual time*: the time for
/// which its jobs held slots, divided by its weight. The group with the least is served next, as in start-time fair
/// queueing (Goyal, Vin and Cheng, 1996) and Linux's former completely fair scheduler. Unlike there, a slot can't be
/// taken back, so each running job of a group counts ahead with an average job's time.
///
/// The account need not know which groups have work. The *floor* is the virtual time of the group that was last
/// served in its turn. A group that had work and was let through stood no lower, counting its running jobs ahead, or
/// it would have been served instead. So a group that is further below had no work, was held back or was at its cap,
/// and is raised: an idle group earns no more credit than one job per slot.
///
/// A start, a stop and a look at the order cost the same for any number of groups; only ``advance(to:)`` visits those
/// with running jobs, and rarely a start visits all.
public struct FairShare<Group: Hashable & Sendable>: Sendable {
    @usableFromInline
    struct Account: Sendable {
        @usableFromInline var share: FairSharePolicy.Share
        @usableFromInline var running = 0
        /// The maximum that ran at once since the group last came back from being idle.
        @usableFromInline var mostRunning = 0
        /// The milliseconds of slots, divided by the weight.
        @usableFromInline var virtualTime: Double

        @inlinable
        init(share: FairSharePolicy.Share, virtualTime: Double) {
            self.share = share
            self.virtualTime = virtualTime
        }
    }

    @usableFromInline var accounts: [Group: Account] = [:]
    @usableFromInline var busy: Set<Group> = []
    @usableFromInline var now: Timestamp?
    @usableFromInline var floor = 0.0
    /// The milliseconds for which the last one or two thousand jobs held slots, and the number of those jobs.
    @usableFromInline var slotTime = 0.0
    @usableFromInline var starts = 0.0
    /// The time that a running job counts ahead: the average as of its last substantial change.
    @usableFromInline var average = Self.startCost
    /// A number that changes when the order of groups may have changed for other reasons than starts and stops; a
    /// cached order must be recomputed then.
    @inlinable
    public var epoch: UInt64 { upheavals }
    @usableFromInline var upheavals: UInt64 = 0

    /// The cost of a start in addition to its time, in milliseconds: if no time passes, starts are divided.
    ///
    /// It is so small that even jobs of a millisecond are charged for their time alone, for all practical purposes.
    @inlinable static var startCost: Double { 1.0 / 256 }
    /// The number of starts over which the average is taken: from there on, older ones count half.
    @inlinable static var startsRemembered: Double { 2048 }
    /// The virtual time at which all are reduced by the same amount: far above a start's cost, a `Double` has no
    /// precision left for it.
    @inlinable static var highest: Double { 1_000_000_000 }

    /// Creates an account without groups.
    @inlinable
    public init() {}

    /// A group's rank in the order of service; the lowest is served next.
    public struct Rank: Comparable, Sendable {
        /// Whether the group has its minimum of slots.
        public var hasMinimum: Bool
        /// Its virtual time, with its running jobs counted ahead.
        public var virtualTime: Double

        /// Creates a rank.
        @inlinable
        public init(hasMinimum: Bool, virtualTime: Double) {
            self.hasMinimum = hasMinimum
            self.virtualTime = virtualTime
        }

        /// Returns whether one group is served before another.
        @inlinable
        public static func < (left: Rank, right: Rank) -> Bool {
            if left.hasMinimum != right.hasMinimum { return right.hasMinimum }
            return left.virtualTime < right.virtualTime
        }
    }

    /// Charges the elapsed time to the groups with running jobs.
    ///
    /// A clock that goes back charges nothing.
    @inlinable
    public mutating func advance(to instant: Timestamp) {
        defer { now = instant }
        guard let now, instant > now, !busy.isEmpty else { return }
        let elapsed = Double(instant.milliseconds) - Double(now.milliseconds)
        for group in busy {
            guard let place = accounts.index(forKey: group) else { continue }
            let account = accounts.values[place]
            accounts.values[place].virtualTime += elapsed * Double(account.running) / Double(account.share.weight)
            slotTime += elapsed * Double(account.running)
        }
        noteAverage()
    }

    @inlinable
    mutating func noteAverage() {
        let present = max(slotTime / max(starts, 1), Self.startCost)
        if (average * 0.8...average * 1.25).contains(present) { return }
        average = present
        upheavals &+= 1
    }

    /// Adds a group, or changes its share; its virtual time continues.
    @inlinable
    public mutating func set(_ share: FairSharePolicy.Share, of group: Group) {
        if accounts[group] == nil {
            accounts[group] = Account(share: share, virtualTime: floor)
        } else {
            accounts[group]?.share = share
        }
    }

    /// Records that a job of a group got a slot.
    ///
    /// - Parameters:
    ///   - group: The group.
    ///   - inTurn: Whether the group was the first by rank of those with a job to start; `false` if the job went
    ///     before all shares, which says nothing about the other groups' ranks.
    @inlinable
    public mutating func start(_ group: Group, inTurn: Bool = true) {
        guard let place = accounts.index(forKey: group) else { return }
        var account = accounts.values[place]
        let present = present(account)
        if present > account.virtualTime {
            account.virtualTime = present
            account.mostRunning = account.running
        }
        // Nor does a slot that is due to a minimum, whatever the group's time.
        if inTurn, account.running >= account.share.minimumSlots { floor = max(floor, account.virtualTime) }
        account.running += 1
        account.mostRunning = max(account.mostRunning, account.running)
        account.virtualTime += Self.startCost / Double(account.share.weight)
        accounts.values[place] = account
        busy.insert(group)
        slotTime += Self.startCost
        starts += 1
        if starts >= Self.startsRemembered {
            starts /= 2
            slotTime /= 2
        }
        noteAverage()
        if floor >= Self.highest { setBack(by: floor) }
    }

    @inlinable
    mutating func setBack(by time: Double) {
        accounts = accounts.mapValues { account in
            var account = account
            account.virtualTime -= time
            return account
        }
        floor -= time
        upheavals &+= 1
    }

    /// Records that a job of a group left its slot.
    @inlinable
    public mutating func stop(_ group: Group) {
        guard let place = accounts.index(forKey: group), accounts.values[place].running > 0 else { return }
        accounts.values[place].running -= 1
        if accounts.values[place].running == 0 { busy.remove(group) }
    }

    /// Forgets which jobs run but keeps the time used, to start over with the jobs that are known to run.
    @inlinable
    public mutating func forgetRunning() {
        for group in busy { accounts[group]?.running = 0 }
        busy = []
    }

    /// Records that a job of a group is running that got its slot before.
    @inlinable
    public mutating func countRunning(_ group: Group) {
        guard let place = accounts.index(forKey: group) else { return }
        accounts.values[place].running += 1
        accounts.values[place].mostRunning = max(accounts.values[place].mostRunning, accounts.values[place].running)
        busy.insert(group)
    }

    /// Returns the number of a group's running jobs.
    @inlinable
    public func running(_ group: Group) -> Int { accounts[group]?.running ?? 0 }

    /// Returns whether a group has its maximum of slots.
    @inlinable
    public func isFull(_ group: Group) -> Bool {
        guard let account = accounts[group], let maximum = account.share.maximumSlots else { return false }
        return account.running >= maximum
    }

    /// Returns the rank of a group; a group that was never set ranks like a new one.
    @inlinable
    public func rank(of group: Group) -> Rank {
        guard let account = accounts[group] else { return Rank(hasMinimum: true, virtualTime: floor) }
        return Rank(
            hasMinimum: account.running >= account.share.minimumSlots,
            virtualTime: present(account) + ahead(account.running, of: account))
    }

    /// Returns the virtual time that counts, which is not too far below the floor.
    @inlinable
    func present(_ account: Account) -> Double {
        max(account.virtualTime, floor - ahead(account.mostRunning, of: account))
    }

    /// Returns the time that a number of a group's jobs counts ahead.
    @inlinable
    func ahead(_ jobs: Int, of account: Account) -> Double {
        Double(jobs) * average / Double(account.share.weight)
    }
}
