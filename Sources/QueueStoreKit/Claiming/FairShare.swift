public import QueueModel

/// Divides slots between groups by weight, over time: the account that a worker keeps for ``FairSharePolicy``.
///
/// A value: instants, starts and stops in, an order of groups out. Each group has a *virtual time*: the time for which its jobs held
/// slots, divided by its weight. The group with the least is served next, as in start-time fair queueing (Goyal, Vin and Cheng, 1996) and Linux's
/// former completely fair scheduler; what differs is that a slot can't be taken back, so a group's running jobs count ahead with an average
/// job's time each.
///
/// Nobody has to say which groups have work. The *floor* is the virtual time of the group that was served last in its turn. A group that
/// had work and was let through then stood no lower with what its running jobs count ahead, or it would have been served instead. So a group
/// that is further below than that had no work, was held back or was at its cap, and is raised: rest earns no more credit than a job a slot.
///
/// A start, a stop and a look at the order cost the same at any number of groups; only ``advance(to:)`` goes through
/// those that have jobs running, and once in a long time a start through all.
public struct FairShare<Group: Hashable & Sendable>: Sendable {
    @usableFromInline
    struct Account: Sendable {
        @usableFromInline var share: FairSharePolicy.Share
        @usableFromInline var running = 0
        /// The most that ran at once since the group last came back from a rest.
        @usableFromInline var mostRunning = 0
        /// Milliseconds of slots, divided by the weight.
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
    /// The milliseconds for which jobs held slots, and how many jobs that were; of the last thousand or two.
    @usableFromInline var slotTime = 0.0
    @usableFromInline var starts = 0.0
    /// What a running job counts ahead with: the average of their time, as it was when it last was another by a good part.
    @usableFromInline var average = Self.startCost
    /// Changes when groups may stand better than before that neither started nor stopped: an order of groups that somebody keeps has to
    /// be made anew.
    @inlinable
    public var epoch: UInt64 { upheavals }
    @usableFromInline var upheavals: UInt64 = 0

    /// What a start costs beside its time, in milliseconds: where no time passes, starts are what is divided.
    ///
    /// So little that even jobs of a millisecond are charged for their time alone, as far as anybody can tell.
    @inlinable static var startCost: Double { 1.0 / 256 }
    /// How many starts the average of their time is over: from so many on, the older ones count half.
    @inlinable static var startsRemembered: Double { 2048 }
    /// How high virtual times get before all are set back by as much: far above what a start costs, a `Double` has no room for it.
    @inlinable static var highest: Double { 1_000_000_000 }

    /// Makes an account without groups.
    @inlinable
    public init() {}

    /// Where a group stands in the order of service: the least comes next.
    public struct Rank: Comparable, Sendable {
        /// Whether the group has its minimum of slots.
        public var hasMinimum: Bool
        /// Its virtual time, with its running jobs counted ahead.
        public var virtualTime: Double

        /// Makes a rank.
        @inlinable
        public init(hasMinimum: Bool, virtualTime: Double) {
            self.hasMinimum = hasMinimum
            self.virtualTime = virtualTime
        }

        /// Whether a group is served before another.
        @inlinable
        public static func < (left: Rank, right: Rank) -> Bool {
            if left.hasMinimum != right.hasMinimum { return right.hasMinimum }
            return left.virtualTime < right.virtualTime
        }
    }

    /// Charges the time that has passed to the groups whose jobs run.
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

    /// Takes a group in, or gives it another share; its virtual time goes on.
    @inlinable
    public mutating func set(_ share: FairSharePolicy.Share, of group: Group) {
        if accounts[group] == nil {
            accounts[group] = Account(share: share, virtualTime: floor)
        } else {
            accounts[group]?.share = share
        }
    }

    /// Notes that a job of a group has got a slot.
    ///
    /// - Parameter inTurn: Whether the group was the first by its rank of those that had a job to start; `false` if the job went before all
    ///   shares, which has to say nothing of where the other groups stand.
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

    /// Notes that a job of a group has left its slot.
    @inlinable
    public mutating func stop(_ group: Group) {
        guard let place = accounts.index(forKey: group), accounts.values[place].running > 0 else { return }
        accounts.values[place].running -= 1
        if accounts.values[place].running == 0 { busy.remove(group) }
    }

    /// Forgets which jobs run, and keeps what was used: to begin anew with what is known to run.
    @inlinable
    public mutating func forgetRunning() {
        for group in busy { accounts[group]?.running = 0 }
        busy = []
    }

    /// Notes that a job of a group runs that got its slot before.
    @inlinable
    public mutating func countRunning(_ group: Group) {
        guard let place = accounts.index(forKey: group) else { return }
        accounts.values[place].running += 1
        accounts.values[place].mostRunning = max(accounts.values[place].mostRunning, accounts.values[place].running)
        busy.insert(group)
    }

    /// How many jobs of a group run.
    @inlinable
    public func running(_ group: Group) -> Int { accounts[group]?.running ?? 0 }

    /// Whether a group has all the slots that it may have.
    @inlinable
    public func isFull(_ group: Group) -> Bool {
        guard let account = accounts[group], let maximum = account.share.maximumSlots else { return false }
        return account.running >= maximum
    }

    /// Where a group stands; one that was never set, where newcomers do.
    @inlinable
    public func rank(of group: Group) -> Rank {
        guard let account = accounts[group] else { return Rank(hasMinimum: true, virtualTime: floor) }
        return Rank(
            hasMinimum: account.running >= account.share.minimumSlots,
            virtualTime: present(account) + ahead(account.running, of: account))
    }

    /// The virtual time that counts, not too far below the floor.
    @inlinable
    func present(_ account: Account) -> Double {
        max(account.virtualTime, floor - ahead(account.mostRunning, of: account))
    }

    /// What so many jobs of a group count ahead.
    @inlinable
    func ahead(_ jobs: Int, of account: Account) -> Double {
        Double(jobs) * average / Double(account.share.weight)
    }
}
