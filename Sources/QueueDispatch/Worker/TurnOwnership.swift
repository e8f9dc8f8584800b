/// The owner of the present turn: nobody, a worker task, or the loop.
///
/// Turns run one after another.
/// A worker task that finds a turn in progress leaves the work to the loop, which becomes the next owner. So nothing
/// is left behind, and the loop waits for one turn at most, however many worker tasks there are.
///
/// | Owner | Event | Owner | Result |
/// |---|---|---|---|
/// | nobody | `takeForMember` | member | may run a turn |
/// | member, loop | `takeForMember` | the same, awaited | may not |
/// | nobody, loop | `takeForLoop` | loop | may run a turn |
/// | member | `takeForLoop` | member, awaited | may not; is woken at the release |
/// | member, loop | `release` | nobody | nothing to do |
/// | member, loop, awaited | `release` | loop | the loop has to be woken |
struct TurnOwnership: Hashable, Sendable {
    enum Owner: Hashable, Sendable {
        case nobody, member, loop
    }

    private(set) var owner = Owner.nobody
    /// Whether somebody found the turn taken.
    private(set) var isAwaited = false

    /// Takes the turn for a worker task; `false` if it is taken, and then the loop gets it next.
    mutating func takeForMember() -> Bool {
        guard owner == .nobody else {
            isAwaited = true
            return false
        }
        owner = .member
        return true
    }

    /// Takes the turn for the loop, if it is free or was handed to it.
    mutating func takeForLoop() -> Bool {
        if owner == .member {
            isAwaited = true
            return false
        }
        owner = .loop
        return true
    }

    /// Releases the turn; `true` if it is the loop's now, because somebody found it taken.
    mutating func release() -> Bool {
        owner = isAwaited ? .loop : .nobody
        defer { isAwaited = false }
        return isAwaited
    }
}
