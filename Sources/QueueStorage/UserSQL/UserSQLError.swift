import CMillraceSQLite

extension UserConnection {
    /// What went wrong with SQL of the user's in the queue's database.
    ///
    /// Descriptions never contain bound values.
    public struct SQLError: Error, Hashable, Sendable {
        /// What went wrong, to branch on.
        public var code: Code
        /// SQLite's extended result code; 0 where it was not asked.
        public var resultCode: Int32
        /// What went wrong, for a person.
        public var message: String
        /// The statement.
        public var sql: String

        init(_ code: Code, _ message: String, resultCode: Int32 = 0, sql: String) {
            self.code = code
            self.message = message
            self.resultCode = resultCode
            self.sql = sql
        }

        /// A kind of error.
        ///
        /// Codes may be added in a minor release; a `switch` needs a default.
        public struct Code: Hashable, Sendable, CustomStringConvertible {
            private enum Name: String {
                case constraint, notAllowed, timeLimit, invalidStatement, ended, sqlite
            }

            private let name: Name

            private init(_ name: Name) {
                self.name = name
            }

            /// The code's name.
            public var description: String { name.rawValue }

            /// A constraint is violated: a key occurs twice, a reference is to nothing, or a check fails.
            public static let constraint = Code(.constraint)
            /// The statement is not for the user's SQL: it controls transactions, changes the queue's own tables, or
            /// changes settings.
            public static let notAllowed = Code(.notAllowed)
            /// The effect took longer than ``SQLiteStoreOptions/effectTimeLimit``.
            public static let timeLimit = Code(.timeLimit)
            /// The text is not exactly one statement, or has another number of parameters than there are values.
            public static let invalidStatement = Code(.invalidStatement)
            /// The connection was kept beyond the call that it was for.
            public static let ended = Code(.ended)
            /// SQLite reported what has no code of its own here; see ``UserConnection/SQLError/resultCode``.
            public static let sqlite = Code(.sqlite)
        }

        /// Whether the same statement fails in the same way whenever it is run.
        var isPermanent: Bool { [.notAllowed, .invalidStatement, .ended].contains(code) }
    }
}

extension UserConnection.SQLError: CustomStringConvertible {
    /// Code, message and statement in one line.
    public var description: String {
        let result = resultCode == 0 ? "" : " (code \(resultCode))"
        return "\(code): \(message)\(result) in \"\(sql)\""
    }
}
