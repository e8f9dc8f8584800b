/// A job's depth and its number of children, as far as they are known, for the limits of spawning.
struct ChildTracker: Sendable {
    /// The number of the job's ancestors; `nil` until it spawns.
    var depth: Int?
    /// The number of its children, with those that are on their way to the store; `nil` until it spawns.
    private(set) var children: Int?

    /// Notes how many children there were before this attempt spawned any, unless that is known already.
    mutating func note(children count: Int) {
        if children == nil { children = count }
    }

    /// Counts children that are going to be stored; `false`, and counts none, if they are too many.
    mutating func reserve(_ count: Int, upTo limit: Int) -> Bool {
        let present = children ?? 0
        guard count <= limit - present else { return false }
        children = present + count
        return true
    }

    /// Corrects the count; less than zero for reserved children that were not stored, or were there before.
    mutating func add(_ count: Int) {
        children = max(0, (children ?? 0) + count)
    }
}
