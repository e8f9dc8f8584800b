/// What is known of a job's place in its family, for the limits of spawning.
struct Offspring: Sendable {
    /// How many ancestors the job has; `nil` until it spawns.
    var depth: Int?
    /// How many children it has, with those that are on their way to the store; `nil` until it spawns.
    private(set) var children: Int?

    /// Notes how many children there were before this attempt spawned any; what was known before counts.
    mutating func note(children count: Int) {
        if children == nil { children = count }
    }

    /// Counts children that are going to be stored, unless they are too many.
    mutating func reserve(_ count: Int, upTo limit: Int) -> Bool {
        let present = children ?? 0
        guard count <= limit - present else { return false }
        children = present + count
        return true
    }

    /// Counts so many more than were reserved; less than zero for those that were not stored, or were there before.
    mutating func add(_ count: Int) {
        children = max(0, (children ?? 0) + count)
    }
}
