import Floors
import QueueDispatch
import QueueModel

extension Row {
    /// Rows whose jobs wait for each other.
    static let dependencyRows: [Row] =
        [10, 50, 200].map(chainSubmit) + [10, 25, 50].map(chainDispatch) + [10, 50, 100].map(fanIn)

    private static func chainSubmit(_ length: Int) -> Row {
        let name = "dep_chain_submit/\(length)"
        let expected = StoredCounts(pending: 1, blocked: length - 1, dependencies: length - 1)
        return Row(
            name: name, jobs: length,
            subject: .idle(name, expecting: [.pending: 1, .blocked: length - 1]) { try await $0.submitChain(length) },
            references: [
                .floor(name, [FLOOR_DEPENDENCIES], expecting: expected) {
                    try $0 { floor_submit_chain($0, Int32(length)) }
                }
            ])
    }

    private static func chainDispatch(_ length: Int) -> Row {
        let name = "dep_chain_dispatch/\(length)"
        let expected = StoredCounts(completed: length, executions: length, dependencies: length - 1)
        return Row(
            name: name, jobs: length,
            subject: .through(name, jobs: length) { try await $0.submitChain(length) },
            references: [
                .floor(name, [FLOOR_FINISHED, FLOOR_DEPENDENCIES], expecting: expected) { store in
                    try store { floor_submit_chain($0, Int32(length)) }
                    try store { floor_work($0, 8, 1) }
                }
            ])
    }

    private static func fanIn(_ width: Int) -> Row {
        let name = "dep_fan_in_dispatch/\(width)"
        let expected = StoredCounts(completed: width + 1, executions: width + 1, dependencies: width)
        return Row(
            name: name, jobs: width + 1,
            subject: .through(name, jobs: width + 1, Subject.Setting(concurrency: width + 1)) { subject in
                var options = SubmitOptions()
                for _ in 0..<width { options.dependencies.append(.job(try await subject.queue.submit(Blank()).id)) }
                try await subject.queue.submit(Blank(), options)
            },
            references: [
                .floor(name, [FLOOR_FINISHED, FLOOR_DEPENDENCIES], expecting: expected) { store in
                    try store { floor_submit_fan_in($0, Int32(width)) }
                    try store { floor_work($0, Int32(width) + 1, 1) }
                }
            ])
    }
}

extension Subject {
    /// Submits a chain, each job depending on the one before.
    fileprivate func submitChain(_ length: Int) async throws {
        var options = SubmitOptions()
        for _ in 0..<length {
            let outcome = try await queue.submit(Blank(), options)
            options.dependencies = [.job(outcome.id)]
        }
    }
}
