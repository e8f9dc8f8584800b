package import FaultVFS
package import QueueStorage

/// A script that was played, with all that it did to files and when each step began and ended.
package struct Recording: Sendable {
    package let expectation: Expectation
    package let durability: StoreDurability
    /// What was done to files; marks are twice the number of steps that had ended, and one more while the next was under way.
    package let events: [FileEvent]
    /// The paths of the queue's file and of its copy, and the directory that both were in.
    let database: String
    let copy: String

    /// What went wrong without any fault.
    package struct Failure: Error {
        /// The step, and what came of it.
        package let text: String
    }

    /// Plays a script.
    package init(_ expectation: Expectation, _ durability: StoreDurability) async throws {
        let directory = try Directory()
        let recorder = FileRecorder()
        try FaultVFS.attach(recorder, to: directory.path)
        defer { FaultVFS.detach(from: directory.path) }
        var subject = Subject(directory, durability)
        try await subject.openIfNeeded()
        for (index, step) in expectation.script.steps.enumerated() {
            var scene = expectation.scenes[index]
            recorder.mark(2 * index + 1)
            let answer = try await subject.take(step, &scene)
            recorder.mark(2 * index + 2)
            if answer != expectation.answers[index] { throw Failure(text: "\(step.name): \(answer)") }
        }
        await subject.close()
        self.expectation = expectation
        self.durability = durability
        events = recorder.events
        database = directory.database
        copy = directory.copy
    }
}
