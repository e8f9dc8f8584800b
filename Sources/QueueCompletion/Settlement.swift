/// The outcome of a commit for some of the items, reported once the commit is over.
public enum Settlement<Item: Sendable, Outcome: Sendable>: Sendable {
    /// The items are committed; both arrays have the same length and order, the order of sending.
    case committed([Item], [Outcome])
    /// The item can't be committed: it failed alone, with an error that isn't transient.
    case rejected(Item, any Error)
}
