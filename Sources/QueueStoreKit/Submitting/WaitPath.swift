package import QueueModel

/// A way from one of several jobs to one that it waits for, through others or not: each waits for the next; `nil` if there is none.
///
/// The search goes from both ends, each time on from the one that has cost less so far, and is over when either has been
/// searched out. So it costs no more than twice the smaller of two things, all that the jobs wait for and all that wait for
/// the goal: a job that nobody waits for is found out at once, however long the chains behind it are.
package func waitPath(
    from starts: [JobID], to goal: JobID,
    waits: (JobID) throws(QueueError) -> [JobID], waiters: (JobID) throws(QueueError) -> [JobID]
) throws(QueueError) -> [JobID]? {
    if starts.contains(goal) { return [goal] }
    /// The job before each that was reached from the starts; a start's is itself.
    var former = Dictionary(starts.map { ($0, $0) }, uniquingKeysWith: { first, _ in first })
    /// The job behind each that was reached from the goal; the goal's is itself.
    var further = [goal: goal]
    var near = starts
    var far = [goal]
    var costs = (near: 0, far: 0)
    while true {
        if costs.near <= costs.far {
            guard let job = near.popLast() else { return nil }
            let next = try waits(job)
            costs.near += next.count + 1
            for other in next where former[other] == nil {
                former[other] = job
                if further[other] != nil { return path(through: other, former, further) }
                near.append(other)
            }
        } else {
            guard let job = far.popLast() else { return nil }
            let next = try waiters(job)
            costs.far += next.count + 1
            for other in next where further[other] == nil {
                further[other] = job
                if former[other] != nil { return path(through: other, former, further) }
                far.append(other)
            }
        }
    }
}

/// The way to a job from where its search began, and on to the goal.
private func path(through middle: JobID, _ former: [JobID: JobID], _ further: [JobID: JobID]) -> [JobID] {
    var path = [middle]
    while let last = path.last, let job = former[last], job != last { path.append(job) }
    path.reverse()
    while let last = path.last, let job = further[last], job != last { path.append(job) }
    return path
}
