import QueueDispatch
import QueueModel
import Testing

/// Expects a call to throw a ``QueueError`` with a code, and gives the error.
@discardableResult
func expect<Answer>(
    failing code: QueueError.Code, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Answer
) async -> QueueError? {
    do {
        _ = try await body()
        Issue.record("nothing was thrown instead of \(code)", sourceLocation: sourceLocation)
    } catch let error as QueueError {
        #expect(error.code == code, sourceLocation: sourceLocation)
        return error
    } catch {
        Issue.record("\(error) was thrown instead of \(code)", sourceLocation: sourceLocation)
    }
    return nil
}

extension JobQueue {
    /// Waits until a job has ended, and expects it to be in a state then.
    func expectEnd(of id: JobID, _ state: JobState, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let record = try await end(of: id)
        #expect(record?.state == state, sourceLocation: sourceLocation)
    }
}
