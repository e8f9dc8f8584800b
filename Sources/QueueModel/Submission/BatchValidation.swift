extension JobSubmission {
    /// Throws what is wrong with a batch by itself, naming the submission at fault by its index (rule S6).
    ///
    /// Beside each submission's own rules this checks references between submissions: each must be inside of the batch, and
    /// none may lead back to where it started. The cost is linear in submissions and references.
    public static func validate(
        _ batch: [JobSubmission], limits: SubmissionLimits = .default
    ) throws(QueueError) {
        var refersToBatch = false
        for (index, submission) in batch.enumerated() {
            do throws(QueueError) {
                try submission.validate(limits: limits)
                for case .submission(let other) in submission.dependencies {
                    refersToBatch = true
                    if !batch.indices.contains(other) {
                        throw QueueError(
                            .unknownDependency,
                            "the dependency on submission \(other) is outside of the batch of \(batch.count)")
                    }
                }
            } catch {
                throw error.at(index: index)
            }
        }
        if refersToBatch, let cycle = cycle(among: batch.map(\.places)) {
            let path = (cycle + cycle.prefix(1)).map { "\($0)" }.joined(separator: " → ")
            throw QueueError(
                .dependencyCycle, "submissions of the batch wait for each other: \(path)", index: cycle.first)
        }
    }

    /// The places in its batch that the submission depends on.
    private var places: [Int] {
        dependencies.compactMap { if case .submission(let place) = $0 { place } else { nil } }
    }

    /// The places of a cycle in a list of references from each place to others, in order, if there is one.
    ///
    /// Depth first, without recursion: a chain may be long. The cost is linear in places and references.
    package static func cycle(among references: [[Int]]) -> [Int]? {
        enum Mark { case unseen, onPath, done }
        var marks = [Mark](repeating: .unseen, count: references.count)
        for start in references.indices where marks[start] == .unseen {
            var path = [(place: start, next: 0)]
            marks[start] = .onPath
            while let (place, next) = path.last {
                guard next < references[place].count else {
                    marks[place] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let other = references[place][next]
                switch marks[other] {
                case .done: continue
                case .onPath: return Array(path.map(\.place).drop { $0 != other })
                case .unseen:
                    marks[other] = .onPath
                    path.append((other, 0))
                }
            }
        }
        return nil
    }
}
