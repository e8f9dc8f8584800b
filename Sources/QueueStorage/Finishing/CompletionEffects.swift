import QueueModel
import QueueStoreKit

/// SQL of the user's that is run with a completion, or by itself.
struct CompletionEffects: StoreComponent {
    let context: StoreContext

    /// Runs a completion's effects under a savepoint of their own.
    ///
    /// Called before anything else of the completion is written, so that what is undone is theirs alone.
    ///
    /// - Returns: Why they were undone, if one has failed.
    /// - Throws: What is the store's own trouble, or means that all of the transaction is gone.
    func perform(_ completion: Completion) throws(QueueError) -> EffectFailure? {
        let attempt = AttemptKey(job: completion.id, number: completion.attempt)
        // Its effects have ended the transaction before, with all that was in it.
        if let failure = context.failedEffects[attempt] { return failure }
        var effects: [SQLiteEffect] = []
        for effect in completion.effects {
            guard let effect = effect as? SQLiteEffect else { return .notAccepted(effect) }
            effects.append(effect)
        }
        try session.statement(.savepoint).run()
        let failure: EffectFailure?
        do throws(UserSQL.Failure) {
            try userSQL().run(.rows, within: context.effectTimeLimit) { connection in
                for effect in effects { try effect.body(connection) }
            }
            failure = nil
        } catch {
            if let trouble = error.trouble {
                throw SQLiteFailure.error(code: trouble, "doing effects of \(completion.id): \(error.error)")
            }
            failure = EffectFailure(
                error.error, isPermanent: (error.error as? UserConnection.SQLError)?.isPermanent ?? false)
        }
        guard session.connection.isInTransaction else {
            // A constraint may roll back everything, and so does SQLite when it is stopped while it writes. All that
            // shares the transaction is done again, without these.
            let broken = failure ?? EffectFailure(QueueError(.sqlite, "it rolled back the transaction"))
            if context.failedEffects.count >= Self.brokenEffectLimit { context.failedEffects = [:] }
            context.failedEffects[attempt] = broken
            throw QueueError(
                .sqlite, "an effect of \(completion.id) rolled back the transaction, which is done again: \(broken)",
                isTransient: true)
        }
        if failure != nil { try session.statement(.rollBackToSavepoint).run() }
        try session.statement(.releaseSavepoint).run()
        return failure
    }

    /// How many attempts are known whose effects have ended a transaction; forgotten ones may do so once more.
    private static let brokenEffectLimit = 64

    /// Runs a body of the user's that may change the user's tables, as a whole or not at all.
    func withUserTables<Answer>(
        _ body: (UserConnection) throws -> Answer
    ) throws(QueueError) -> Result<Answer, any Error> {
        try session.statement(.savepoint).run()
        let result: Result<Answer, any Error>
        do throws(UserSQL.Failure) {
            let answer = try userSQL().run(.schema, within: nil, body)
            try checkSchema()
            result = .success(answer)
        } catch {
            if let trouble = error.trouble {
                throw SQLiteFailure.error(code: trouble, "running SQL of the context.userSQL's: \(error.error)")
            }
            result = .failure(error.error)
        }
        guard session.connection.isInTransaction else {
            guard case .failure(let error) = result else {
                throw QueueError(.sqlite, "SQL of the user's rolled back the transaction")
            }
            throw QueueError(.sqlite, "SQL of the user's rolled back the transaction", underlying: error)
        }
        if case .failure = result { try session.statement(.rollBackToSavepoint).run() }
        try session.statement(.releaseSavepoint).run()
        return result
    }

    /// What was made must not have to do with the queue's own tables.
    private func checkSchema() throws(UserSQL.Failure) {
        do throws(QueueError) {
            try SchemaCheck.run(on: session.connection)
        } catch {
            throw UserSQL.Failure(error: error, trouble: nil)
        }
    }

    private func userSQL() -> UserSQL {
        if let known = context.userSQL { return known }
        let made = UserSQL(session.connection)
        context.userSQL = made
        return made
    }
}

/// One attempt at a job.
struct AttemptKey: Hashable {
    var job: JobID
    var number: Int
}
