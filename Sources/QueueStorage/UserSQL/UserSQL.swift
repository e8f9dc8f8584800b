import CMillraceSQLite

/// SQL of the user's on the writer's connection: prepared statements, and the bounds that it has to keep.
///
/// SQLite asks an authorizer about each thing that a statement would do, when it is prepared, and calls a handler while
/// it runs. The authorizer is installed once and stays: to install one makes SQLite prepare every statement of the
/// connection anew. It says yes to everything but while SQL of the user's is at work.
final class UserSQL {
    let connection: Connection
    private var mode = Mode.off
    private var deadline: ContinuousClock.Instant?
    /// What the authorizer has refused last.
    private var refusal: String?
    /// The result code of an error that is the store's trouble rather than the user's.
    private var trouble: Int32?
    private var statements: [String: UserStatement] = [:]

    /// How many statements are kept prepared.
    private static let statementLimit = 64
    /// The number of steps of SQLite's virtual machine between two looks at the clock: some tens of microseconds.
    private static let stepsBetweenLooks: Int32 = 2000

    /// What is allowed.
    enum Mode {
        /// The queue is at work, which may do all.
        case off
        /// Reading, and writing rows of the user's tables.
        case rows
        /// Making and changing the user's tables as well.
        case schema
    }

    init(_ connection: Connection) {
        self.connection = connection
        sqlite3_set_authorizer(
            connection.handle,
            { context, action, first, second, _, _ in
                // The store has this for as long as the connection.
                guard let context else { return SQLITE_DENY }
                let sql = Unmanaged<UserSQL>.fromOpaque(context).takeUnretainedValue()
                return sql.authorize(action, first, second)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Gives up what it has prepared, and asks for nothing any more.
    func close() {
        statements = [:]
        sqlite3_set_authorizer(connection.handle, nil, nil)
    }

    // MARK: One call

    /// Why a call has failed.
    struct Failure: Error {
        var error: any Error
        /// The result code of an error of the store's: nothing that the call's job is to blame for.
        var trouble: Int32?
    }

    /// Runs a body of the user's within bounds.
    func run<Answer>(
        _ mode: Mode, within limit: Duration?, _ body: (UserConnection) throws -> Answer
    ) throws(Failure) -> Answer {
        let user = UserConnection(self)
        begin(mode, within: limit)
        defer {
            user.end()
            end()
        }
        do {
            let answer = try body(user)
            // An error may have been caught, and the transaction be gone.
            if let trouble { throw SQLiteFailure.error(code: trouble, "running SQL of the user's") }
            if hasUnresolvedReferences {
                throw UserConnection.SQLError(.constraint, "a deferred foreign key refers to nothing", sql: "")
            }
            return answer
        } catch {
            throw Failure(error: error, trouble: trouble)
        }
    }

    private func begin(_ mode: Mode, within limit: Duration?) {
        self.mode = mode
        trouble = nil
        deadline = limit.map { ContinuousClock.now + $0 }
        guard limit != nil else { return }
        sqlite3_progress_handler(
            connection.handle, Self.stepsBetweenLooks,
            { context in
                guard let context else { return 1 }
                return Unmanaged<UserSQL>.fromOpaque(context).takeUnretainedValue().isOverdue ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func end() {
        mode = .off
        deadline = nil
        sqlite3_progress_handler(connection.handle, 0, nil, nil)
    }

    /// Whether the time for the call is up.
    var isOverdue: Bool { deadline.map { $0 <= ContinuousClock.now } ?? false }

    /// Whether a foreign key is left to be checked by the commit, which would fail for all that share it.
    private var hasUnresolvedReferences: Bool {
        var (current, highest): (Int32, Int32) = (0, 0)
        sqlite3_db_status(connection.handle, SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0)
        return current != 0
    }

    // MARK: Statements

    /// A prepared statement of a text.
    func statement(_ text: String) throws(UserConnection.SQLError) -> UserStatement {
        if let statement = statements[text] { return statement }
        refusal = nil
        // One that was prepared while tables may be changed must not be found when they may not.
        let isKept = mode == .rows
        let statement = try UserStatement(text, self, persistent: isKept)
        if isKept {
            if statements.count >= Self.statementLimit { statements.removeAll(keepingCapacity: true) }
            statements[text] = statement
        }
        return statement
    }

    /// The error of a call of SQLite's that has failed.
    func error(_ code: Int32, _ text: String) -> UserConnection.SQLError {
        let extended = sqlite3_extended_errcode(connection.handle)
        let code = extended & 0xff == code & 0xff ? extended : code
        let message = sqlite3_errmsg(connection.handle).map { String(cString: $0) } ?? "unknown error"
        switch code & 0xff {
        case SQLITE_AUTH:
            return UserConnection.SQLError(
                .notAllowed, "\(refusal ?? message) is not for the user's SQL", resultCode: code, sql: text)
        case SQLITE_CONSTRAINT:
            return UserConnection.SQLError(.constraint, message, resultCode: code, sql: text)
        case SQLITE_INTERRUPT:
            return UserConnection.SQLError(.timeLimit, "it was stopped: its time was up", resultCode: code, sql: text)
        case SQLITE_FULL, SQLITE_IOERR, SQLITE_NOMEM:
            trouble = code
        default:
            break
        }
        return UserConnection.SQLError(.sqlite, message, resultCode: code, sql: text)
    }

    // MARK: Bounds

    private func authorize(_ action: Int32, _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?) -> Int32 {
        if mode == .off { return SQLITE_OK }
        if UserBounds.allows(action, Self.text(first), Self.text(second), changingSchema: mode == .schema) {
            return SQLITE_OK
        }
        refusal = UserBounds.name(of: action, Self.text(first))
        return SQLITE_DENY
    }

    private static func text(_ text: UnsafePointer<CChar>?) -> String {
        text.map { String(cString: $0) } ?? ""
    }
}
