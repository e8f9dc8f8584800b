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
}
